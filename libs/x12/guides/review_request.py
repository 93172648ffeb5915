"""Guide 005010X217: request for prior authorization (278), as a table. How to read it: `libs/x12/guide.py`.

Sources: `HI278.rb` of kputnam/stupidedi (BSD-3-Clause) for the order and number of segments of the base standard; the
published class model of EdiFabric/X12.NET for which segment stands in which loop of 005010X217; `278.4010.X094.A1.xml`
of pyx12 4.0.0 (BSD), the guide before this one, for usage and codes; the examples of stupidedi for what changed since.
No public source has all code lists of 005010X217: where the sources differ the wider list stands here.
Names in our own words. Ours: levels stand inside the one above, positions within a level follow the base standard, and
the level of the event is drawn once more below the dependent.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 100 !143=278 !329 !1705 : Transaction set header
BHT R 1 200 !1005=0007 !353=13 !127 !373 !337 ?640=RU : Beginning of hierarchical transaction
loop 2000A R 1 10000 : Reviewer level
  HL R 1 100 !628 - !735=20 !736=1 : Reviewer level
  loop 2010A R 1 1700 : Reviewer name
    NM1 R 1 1700 !98=X3 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=24,34,46,PI,XV,XX !67 : Reviewer name
  loop 2000B R 1 2000 : Requester level
    HL R 1 100 !628 !734 !735=21 !736=1 : Requester level
    loop 2010B R 1 1700 : Requester
      NM1 R 1 1700 !98=1P,FA !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=24,34,46,XX !67 : Requester name
      REF S 8 1710 !128=0B,1G,1J,CT,EI,N5,N7,SY,ZH !127 : Requester further identifier
      N3 S 1 1740 !166 ?166 : Requester street
      N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Requester city, state, ZIP code
      PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 /P0506 \
          /P0708 : Requester contact
      PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF ?128=PXC ?127 /P0203 : Requester specialty
    loop 2000C R 1 2000 : Subscriber level
      HL R 1 100 !628 !734 !735=22 !736=1 : Subscriber level
      loop 2010C R 1 1700 : Subscriber name
        NM1 R 1 1700 !98=IL !1065=1 ?1035 ?1036 ?1037 ?1038 ?1039 !66=II,MI !67 : Subscriber name
        REF S 9 1710 !128=1L,1W,6P,A6,EJ,F6,HJ,IG,N6,NQ,SY !127 : Subscriber further identifier
        N3 S 1 1740 !166 ?166 : Subscriber street
        N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Subscriber city, state, ZIP code
        DMG S 1 1780 !1250=D8 !1251 ?1068=F,M,U : Subscriber birth date and sex
        INS S 1 1790 !1073=Y !1069=18 - - - - - ?584 : Subscriber in the plan
      loop 2000E S 1 2000 : Patient event level
        HL R 1 100 !628 !734 !735=EV !736=0,1 : Patient event level
        TRN S 2 200 !481=1 !127 !509 ?127 : Number of the request
        UM R 1 400 !1525=AR,HS,IN,SC !1322=1,2,3,4,I,N,R,S ?1365 ?C023(!1331 !1332=A,B) ?C024(!1362=AA,AP,EM \
            ?1362=AP,EM ?1362=AP ?156@states ?26@country) ?1338=03,E,U ?1213=1,2,3,4,5,6,7,8,9,E,F,G,P ?923=1,2,3,4, \
            5,6,7,8 ?1363=A,I,M,N,O,Y ?1514=1,2,3,4,7,8,10,11,15,16,17 : What is asked for
        REF S 1 600 !128=BB !127 : Earlier authorization number
        REF S 1 600 !128=NT !127 : Administrative reference number
        DTP S 1 700 !374=439 !1250=D8 !1251 : Day of the accident
        DTP S 1 700 !374=484 !1250=D8 !1251 : Day of the last menstrual period
        DTP S 1 700 !374=ABC !1250=D8 !1251 : Estimated day of birth
        DTP S 1 700 !374=431 !1250=D8 !1251 : Day the illness began
        DTP S 1 700 !374=AAH !1250=D8,RD8 !1251 : Dates of the event
        DTP S 1 700 !374=435 !1250=D8,RD8 !1251 : Day of admission
        DTP S 1 700 !374=096 !1250=D8,RD8 !1251 : Day of discharge
        HI S 1 800 !C022(!1270=ABF,ABJ,ABK,APR,BF,BJ,BK,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR, \
            PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ, \
            APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) \
            ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 \
            ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ, \
            DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF, \
            ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,PR !1271 ?1250=D8 ?1251) : \
            Diagnoses
        HSD S 1 900 ?673=DY,FL,HS,MN,VS ?380 ?355=DA,MO,WK ?1167 ?615=6,7,21,26,27,29,34,35 ?616 ?678=1,2,3,4,5,6,7, \
            8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SA,SB,SC,SD,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y ?679=A,B,C,D,E,F,G,Y \
            /P0102 /C0605 : How often and how long
        CRC S 7 1000 !1136=07,08,09,11,75,76,77 !1073=N,Y !1321 ?1321 ?1321 ?1321 ?1321 : Condition of the patient
        CL1 S 1 1100 ?1315 ?1314 ?1352 ?1345=1,2,3,4,5,6,7,8,9 : Admission
        CR1 S 1 1200 ?355=KG,LB ?81 !1316=I,R,T,X ?1317=A,B,C,D,E,F ?355=DH,DK ?380 ?166 ?166 ?352 ?352 /P0102 /P0506 \
            : Ambulance transport
        CR2 S 1 1300 ?609 ?380 ?1367=C1,C2,C3,C4,C5,C6,C7,CO,IL,L1,L2,L3,L4,L5,OC,SA,T1,T10,T11,T12,T2,T3,T4,T5,T6, \
            T7,T8,T9 ?1367=C1,C2,C3,C4,C5,C6,C7,CO,IL,L1,L2,L3,L4,L5,OC,SA,T1,T10,T11,T12,T2,T3,T4,T5,T6,T7,T8,T9 \
            ?355=DA,MO,WK,YR ?380 ?380 ?1342=A,C,D,E,F,G,M ?1073=N,Y ?352 ?352 ?1073=N,Y /P0102 /C0403 /P0506 : \
            Spinal manipulation
        CR5 S 1 1400 - - ?1348=A,B,C,D,E,O ?1348=A,B,C,D,E,O ?352 ?380 ?380 ?380 ?352 ?380 ?380 ?1349=E,N,O,R,S,W,X \
            ?1350=1,2,3 ?1350=1,2,3 ?1350=1,2,3 ?380 ?1382=A,B,C,D,E ?1348=A,B,C,D,E,O : Oxygen at home
        CR6 S 1 1500 !923=1,2,3,4,5,6,7,8 !373 ?1250=RD8 ?1251 - ?1073=N,U,W,Y !1073=N,U,W,Y !1322=1,2,3,4,I,R,S ?373 \
            ?235=HC,ID ?1137 ?373 ?373 ?373 ?1250=RD8 ?1251 ?1384=A,B,C,D,E,F,G,H,L,M,O,P,R,S,T /P0304 /P091011 \
            /P151617 : Home health care
        PWK S 10 1550 !755=03,04,05,06,07,08,09,10,11,13,15,21,48,55,59,77,A3,A4,AM,AS,AT,B2,B3,B4,BR,BS,BT,CB,CK,CT, \
            D2,DA,DB,DG,DJ,DS,EB,FM,HC,HR,I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,P6,P7,PE,PN,PO,PQ,PY,PZ,QC,QR,RB, \
            RR,RT,RX,SG,V5,XP !756=AA,BM,EL,EM,FX,VO - - ?66=AC ?67 ?352 /P0506 : Document about the patient
        MSG S 1 1600 !933 : Message
        loop 2010EA S 14 1700 : Provider of the event
          NM1 R 1 1700 !98=71,72,73,77,1T,AAJ,DD,DK,DN,FA,G3,P3,QB,QV,SJ !1065=1,2 ?1035 ?1036 ?1037 ?1038 ?1039 \
              ?66=24,34,46,XX ?67 /P0809 : Provider of the event name
          REF S 8 1710 !128=0B,1G,1J,EI,N5,N7,SY,ZH !127 : Provider of the event further identifier
          N3 S 1 1740 !166 ?166 : Provider of the event street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Provider of the event city, state, \
              ZIP code
          PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
              /P0506 /P0708 : Provider of the event contact
          PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF !128=PXC !127 : Provider of the event specialty
        loop 2010EB S 5 1800 : Place of the transport
          NM1 R 1 1700 !98=45,FS,ND,PW,R3 !1065=2 ?1035 : Place of the transport
          N3 S 1 1740 !166 ?166 : Place of the transport street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Place of the transport city, state, \
              ZIP code
        loop 2010EC S 3 1900 : Other reviewer
          NM1 R 1 1700 !98=00,CA,GG,X3 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 : Other reviewer name
          REF S 1 1710 !128=ZZ !127 : Other reviewer, why it was denied
          DTP S 1 1800 !374=598 !1250=D8 !1251 : Other reviewer, day of the denial
        loop 2000F S n 2000 : Service level
          HL R 1 100 !628 !734 !735=SS !736=0 : Service level
          TRN S 2 200 !481=1 !127 !509 ?127 : Number of the request
          UM S 1 400 !1525=AR,HS,IN,SC !1322=1,2,3,4,I,N,R,S ?1365 ?C023(!1331 !1332=A,B) ?C024(!1362=AA,AP,EM \
              ?1362=AP,EM ?1362=AP ?156@states ?26@country) ?1338=03,E,U ?1213=1,2,3,4,5,6,7,8,9,E,F,G,P ?923=1,2,3, \
              4,5,6,7,8 ?1363=A,I,M,N,O,Y ?1514=1,2,3,4,7,8,10,11,15,16,17 : What is asked for
          REF S 1 600 !128=BB !127 : Earlier authorization number
          REF S 1 600 !128=NT !127 : Administrative reference number
          DTP S 1 700 !374=472 !1250=D8,RD8 !1251 : Dates of the service
          SV1 S 1 810 !C003(!235=HC,IV,N4,WK,ZZ !234 ?1339 ?1339 ?1339 ?1339 ?352 ?234) ?782 ?355=F2,MJ,UN ?380 - - \
              ?C004(!1328 ?1328 ?1328 ?1328) - - - ?1073=N,Y - - - - - - - - ?1337 /P0304 : Professional service
          SV2 S 1 820 ?234 ?C003(!235=HC,ID,IV,N4,WK,ZZ !234 ?1339 ?1339 ?1339 ?1339 ?352 ?234) ?782 ?355=DA,F2,UN \
              ?380 ?1371 - - ?1345=1,2,3,4,5,6,7,8,9 ?1337 /R0102 /P0405 : Institutional service
          SV3 S 1 830 !C003(!235=AD !234 ?1339 ?1339 ?1339 ?1339 ?352 ?234) ?782 - ?C006(!1361 ?1361 ?1361 ?1361 \
              ?1361) ?1358=I,R ?380 ?352 : Dental service
          TOO S 32 840 !1270=JP ?1271 ?C005(!1369=B,D,F,I,L,M,O ?1369=B,D,F,I,L,M,O ?1369=B,D,F,I,L,M,O ?1369=B,D,F, \
              I,L,M,O ?1369=B,D,F,I,L,M,O) : Tooth
          HSD S 1 900 ?673=DY,FL,HS,MN,VS ?380 ?355=DA,MO,WK ?1167 ?615=6,7,21,26,27,29,34,35 ?616 ?678=1,2,3,4,5,6, \
              7,8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SA,SB,SC,SD,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y ?679=A,B,C,D,E,F,G, \
              Y /P0102 /C0605 : How often and how long
          PWK S 10 1550 !755=03,04,05,06,07,08,09,10,11,13,15,21,48,55,59,77,A3,A4,AM,AS,AT,B2,B3,B4,BR,BS,BT,CB,CK, \
              CT,D2,DA,DB,DG,DJ,DS,EB,FM,HC,HR,I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,P6,P7,PE,PN,PO,PQ,PY,PZ,QC, \
              QR,RB,RR,RT,RX,SG,V5,XP !756=AA,BM,EL,EM,FX,VO - - ?66=AC ?67 ?352 /P0506 : Document about the service
          MSG S 1 1600 !933 : Message
          loop 2010F S 12 1700 : Provider of the service
            NM1 R 1 1700 !98=1T,72,73,77,AAJ,DD,DK,DN,DQ,FA,G3,P3,QB,QV,SJ !1065=1,2 ?1035 ?1036 ?1037 ?1038 ?1039 \
                ?66=24,34,46,XX ?67 /P0809 : Provider of the service name
            REF S 8 1710 !128=0B,1G,1J,EI,N5,N7,SY,ZH !127 : Provider of the service further identifier
            N3 S 1 1740 !166 ?166 : Provider of the service street
            N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Provider of the service city, \
                state, ZIP code
            PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
                /P0506 /P0708 : Provider of the service contact
            PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF !128=PXC !127 : Provider of the service specialty
      loop 2000D S 1 2100 : Dependent level
        HL R 1 100 !628 !734 !735=23 !736=1 : Dependent level
        loop 2010D R 1 1700 : Dependent name
          NM1 R 1 1700 !98=QC !1065=1 ?1035 ?1036 ?1037 ?1038 ?1039 ?66=II,MI ?67 /P0809 : Dependent name
          REF S 3 1710 !128=A6,EJ,SY !127 : Dependent further identifier
          N3 S 1 1740 !166 ?166 : Dependent street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Dependent city, state, ZIP code
          DMG S 1 1780 !1250=D8 !1251 ?1068=F,M,U : Dependent birth date and sex
          INS S 1 1790 !1073=N !1069=01,04,05,07,09,10,15,17,18,19,20,21,22,23,24,29,32,33,34,36,39,40,41,43,53,G8 - \
              - - - - - - - - - - - - - ?1470 : Dependent in the plan
        @2000E
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X217", "278", "HI", TABLE)
