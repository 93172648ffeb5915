"""Guide 005010X217: answer to a request for prior authorization (278), as a table. How to read it: `libs/x12/guide.py`.

Sources: `HI278.rb` of kputnam/stupidedi (BSD-3-Clause) for the order and number of segments of the base standard; the
published class model of EdiFabric/X12.NET for which segment stands in which loop; `278.4010.X094.27.A1.xml`
of pyx12 4.0.0 (BSD), the guide before this one, for usage and codes; the examples of stupidedi for what changed since.
No public source has all code lists of 005010X217: where the sources differ the wider list stands here.
Names in our own words. Ours: levels stand inside the one above, positions within a level follow the base standard, and
the level of the event is drawn once more below the dependent.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 100 !143=278 !329 !1705 : Transaction set header
BHT R 1 200 !1005=0007 !353=11 !127 !373 !337 ?640=18,19,AT : Beginning of hierarchical transaction
loop 2000A R 1 10000 : Reviewer level
  HL R 1 100 !628 - !735=20 !736=0,1 : Reviewer level
  AAA S 9 300 !1073=N,Y - ?901=04,41,42,79 ?889=C,N,P,Y : Why the request was not taken
  loop 2010A R 1 1700 : Reviewer name
    NM1 R 1 1700 !98=X3 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=24,34,46,PI,XV,XX !67 : Reviewer name
    PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 /P0506 \
        /P0708 : Reviewer contact
    AAA S 9 1760 !1073=N,Y - ?901=04,41,42,79,80,T4 ?889=N,P,Y : Why the request was not taken
  loop 2000B S 1 2000 : Requester level
    HL R 1 100 !628 !734 !735=21 !736=0,1 : Requester level
    loop 2010B R 2 1700 : Requester
      NM1 R 1 1700 !98=1P,FA !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=24,34,46,XX !67 : Requester name
      REF S 8 1710 !128=0B,1G,1J,CT,EI,N5,N7,SY,ZH !127 : Requester further identifier
      AAA S 9 1760 !1073=N,Y - ?901=35,41,43,44,45,46,47,49,50,51,79,97 ?889=C,N,R : Why the requester was not taken
      PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF !128=PXC !127 : Requester specialty
    loop 2000C S 1 2000 : Subscriber level
      HL R 1 100 !628 !734 !735=22 !736=0,1 : Subscriber level
      loop 2010C R 1 1700 : Subscriber name
        NM1 R 1 1700 !98=IL !1065=1 ?1035 ?1036 ?1037 ?1038 ?1039 !66=II,MI !67 : Subscriber name
        REF S 9 1710 !128=1L,1W,6P,A6,EJ,F6,HJ,IG,N6,NQ,SY !127 : Subscriber further identifier
        N3 S 1 1740 !166 ?166 : Subscriber street
        N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Subscriber city, state, ZIP code
        AAA S 9 1760 !1073=N,Y - ?901=15,33,58,64,65,66,67,68,71,72,73,74,75,76,77,78,79,95 ?889=C,N : Why the \
            subscriber was not taken
        DMG S 1 1780 !1250=D8 !1251 ?1068=F,M,U : Subscriber birth date and sex
        INS S 1 1790 !1073=Y !1069=18 - - - - - ?584 : Subscriber in the plan
      loop 2000E S n 2000 : Patient event level
        HL R 1 100 !628 !734 !735=EV !736=0,1 : Patient event level
        TRN S 3 200 !481=1,2 !127 !509 ?127 : Number of the request
        AAA S 9 300 !1073=N,Y - ?901=15,33,52,56,57,60,61,62,AA,AF,AG,AH,AI,AJ,AK,AL,AM,AN,AO,AP,AQ,T5 ?889=C,N : Why \
            the event was not taken
        UM S 1 400 !1525=AR,HS,IN,SC !1322=1,2,3,4,I,N,R,S ?1365 ?C023(!1331 !1332=A,B) - ?1338=03,E,U : What is \
            asked for
        HCR S 1 500 !306=A1,A2,A3,A4,A6,C,CT,NA ?127 ?1271*5 ?1073=N,Y : Decision
        REF S 1 600 !128=BB !127 : Earlier authorization number
        REF S 1 600 !128=NT !127 : Administrative reference number
        DTP S 1 700 !374=439 !1250=D8 !1251 : Day of the accident
        DTP S 1 700 !374=484 !1250=D8 !1251 : Day of the last menstrual period
        DTP S 1 700 !374=ABC !1250=D8 !1251 : Estimated day of birth
        DTP S 1 700 !374=431 !1250=D8 !1251 : Day the illness began
        DTP S 1 700 !374=AAH !1250=D8,RD8 !1251 : Dates of the event
        DTP S 1 700 !374=435 !1250=D8,RD8 !1251 : Day of admission
        DTP S 1 700 !374=096 !1250=D8,RD8 !1251 : Day of discharge
        DTP S 1 700 !374=102 !1250=D8 !1251 : Day the certification was issued
        DTP S 1 700 !374=036 !1250=D8 !1251 : Day the certification expires
        DTP S 1 700 !374=007 !1250=D8,RD8 !1251 : Dates the certification is in effect
        HI S 1 800 !C022(!1270=ABF,ABJ,ABK,APR,BF,BJ,BK,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF, \
            BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) \
            ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR \
            !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ, \
            APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) \
            ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR \
            !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ,APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) ?C022(!1270=ABF,ABJ, \
            APR,BF,BJ,DR,LOI,PR !1271 ?1250=D8 ?1251) : Diagnoses
        HSD S 1 900 ?673=DY,FL,HS,MN,VS ?380 ?355=DA,MO,WK ?1167 ?615=6,7,21,26,27,29,34,35 ?616 ?678=1,2,3,4,5,6,7, \
            8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SA,SB,SC,SD,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y ?679=A,B,C,D,E,F,G,Y \
            /P0102 /C0605 : How often and how long
        CL1 S 1 1100 ?1315 ?1314 ?1352 ?1345=1,2,3,4,5,6,7,8,9 : Admission
        CR1 S 1 1200 ?355=KG,LB ?81 !1316=I,R,T,X - ?355=DH,DK ?380 ?166 ?166 /P0506 : Ambulance transport
        CR2 S 1 1300 ?609 ?380 ?1367=C1,C2,C3,C4,C5,C6,C7,CO,IL,L1,L2,L3,L4,L5,OC,SA,T1,T10,T11,T12,T2,T3,T4,T5,T6, \
            T7,T8,T9 ?1367=C1,C2,C3,C4,C5,C6,C7,CO,IL,L1,L2,L3,L4,L5,OC,SA,T1,T10,T11,T12,T2,T3,T4,T5,T6,T7,T8,T9 \
            ?355=DA,MO,WK,YR ?380 ?380 /P0102 /C0403 /P0506 : Spinal manipulation
        CR5 S 1 1400 - - ?1348=A,B,C,D,E,O ?1348=A,B,C,D,E,O ?352 ?380 ?380 ?380 ?352 - - - - - - ?380 ?1382=A,B,C,D, \
            E ?1348=A,B,C,D,E,O : Oxygen at home
        CR6 S 1 1500 !923=1,2,3,4,5,6,7,8 !373 ?1250=RD8 ?1251 - - ?1073=N,U,W,Y !1322=1,2,3,4,I,R,S /P0304 : Home \
            health care
        PWK S 10 1550 !755=03,04,05,06,07,08,09,10,11,13,15,21,48,55,59,77,A3,A4,AM,AS,AT,B2,B3,B4,BR,BS,BT,CB,CK,CT, \
            D2,DA,DB,DG,DJ,DS,EB,FM,HC,HR,I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,P6,P7,PE,PN,PO,PQ,PY,PZ,QC,QR,RB, \
            RR,RT,RX,SG,V5,XP !756=BM,EL,EM,FX,VO - - ?66=AC ?67 ?352 /P0506 : Document about the patient
        MSG S 1 1600 !933 : Message
        loop 2010EA S 14 1700 : Provider of the event
          NM1 R 1 1700 !98=71,72,73,77,1T,AAJ,DD,DK,DN,FA,G3,P3,QB,QV,SJ !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=24, \
              34,46,XX ?67 /P0809 : Provider of the event name
          REF S 8 1710 !128=0B,1G,1J,EI,N5,N7,SY,ZH !127 : Provider of the event further identifier
          N3 S 1 1740 !166 ?166 : Provider of the event street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Provider of the event city, state, \
              ZIP code
          PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
              /P0506 /P0708 : Provider of the event contact
          AAA S 9 1760 !1073=N,Y - ?901=15,33,35,41,43,44,45,46,47,49,51,52,79,97,IP ?889=C,N,P,R,Y : Why the \
              provider of the event was not taken
          PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF !128=PXC !127 : Provider of the event specialty
        loop 2010EB S 1 1800 : Whom to send more information
          NM1 R 1 1700 !98=1P,2B,ABG,PR,X3 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=24,34,46,PI,XV,XX ?67 /P0809 : \
              Whom to send more information
          N3 S 1 1740 !166 ?166 : Whom to send more information street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Whom to send more information city, \
              state, ZIP code
          PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
              /P0506 /P0708 : Whom to send more information, contact
        loop 2010EC S 5 1900 : Place of the transport
          NM1 R 1 1700 !98=45,FS,ND,PW,R3 !1065=2 ?1035 : Place of the transport
          N3 S 1 1740 !166 ?166 : Place of the transport street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Place of the transport city, state, \
              ZIP code
          AAA S 9 1760 !1073=N,Y - ?901=33,47 ?889=C,N : Why the place of the transport was not taken
        loop 2000F S n 2000 : Service level
          HL R 1 100 !628 !734 !735=SS !736=0 : Service level
          TRN S 3 200 !481=1,2 !127 !509 ?127 : Number of the request
          AAA S 9 300 !1073=N,Y - ?901=15,33,52,57,60,61,62,AA,AF,AG,AH,AI,AJ,AK,AL,AM,AN,AO,AP,AQ,T5 ?889=C,N : Why \
              the service was not taken
          UM S 1 400 !1525=AR,HS,IN,SC !1322=1,2,3,4,I,N,R,S ?1365 ?C023(!1331 !1332=A,B) - ?1338=03,E,U : What is \
              asked for
          HCR S 1 500 !306=A1,A2,A3,A4,A6,C,CT,NA ?127 ?1271*5 ?1073=N,Y : Decision
          REF S 1 600 !128=BB !127 : Earlier authorization number
          REF S 1 600 !128=NT !127 : Administrative reference number
          DTP S 1 700 !374=472 !1250=D8,RD8 !1251 : Dates of the service
          DTP S 1 700 !374=102 !1250=D8 !1251 : Day the certification was issued
          DTP S 1 700 !374=036 !1250=D8 !1251 : Day the certification expires
          DTP S 1 700 !374=007 !1250=D8,RD8 !1251 : Dates the certification is in effect
          HI S 1 800 !C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) \
              ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) \
              ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) ?C022(!1270=LOI !1271) : \
              Information that is asked for
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
              QR,RB,RR,RT,RX,SG,V5,XP !756=BM,EL,EM,FX,VO - - ?66=AC ?67 ?352 /P0506 : Document about the service
          MSG S 1 1600 !933 : Message
          loop 2010FA S 12 1700 : Provider of the service
            NM1 R 1 1700 !98=1T,72,73,77,AAJ,DD,DK,DN,DQ,FA,G3,P3,QB,QV,SJ !1065=1,2 ?1035 ?1036 ?1037 - ?1039 \
                ?66=24,34,46,XX ?67 /P0809 : Provider of the service name
            REF S 8 1710 !128=0B,1G,1J,EI,N5,N7,SY,ZH !127 : Provider of the service further identifier
            N3 S 1 1740 !166 ?166 : Provider of the service street
            N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Provider of the service city, \
                state, ZIP code
            PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
                /P0506 /P0708 : Provider of the service contact
            AAA S 9 1760 !1073=N,Y - ?901=15,33,35,41,43,44,45,46,47,49,51,52,79,97,IP ?889=C,N,P,R,Y : Why the \
                provider of the service was not taken
            PRV S 1 1770 !1221=AD,AS,AT,CO,CV,OP,OR,OT,PC,PE,RF !128=PXC !127 : Provider of the service specialty
          loop 2010FB S 1 1800 : Whom to send more information
            NM1 R 1 1700 !98=1P,2B,ABG,PR,X3 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=24,34,46,PI,XV,XX ?67 /P0809 : \
                Whom to send more information
            N3 S 1 1740 !166 ?166 : Whom to send more information street
            N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Whom to send more information \
                city, state, ZIP code
            PER S 1 1750 !366=IC ?93 ?365=EM,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 /P0304 \
                /P0506 /P0708 : Whom to send more information, contact
      loop 2000D S 1 2100 : Dependent level
        HL R 1 100 !628 !734 !735=23 !736=0,1 : Dependent level
        loop 2010D R 1 1700 : Dependent name
          NM1 R 1 1700 !98=QC !1065=1 ?1035 ?1036 ?1037 ?1038 ?1039 ?66=II,MI ?67 /P0809 : Dependent name
          REF S 3 1710 !128=A6,EJ,SY !127 : Dependent further identifier
          N3 S 1 1740 !166 ?166 : Dependent street
          N4 S 1 1745 ?19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Dependent city, state, ZIP code
          AAA S 9 1760 !1073=N,Y - ?901=15,33,58,64,65,66,67,68,71,72,73,74,75,76,77,78,79,95 ?889=C,N : Why the \
              dependent was not taken
          DMG S 1 1780 !1250=D8 !1251 ?1068=F,M,U : Dependent birth date and sex
          INS S 1 1790 !1073=N !1069=01,04,05,07,09,10,15,17,18,19,20,21,22,23,24,29,32,33,34,36,39,40,41,43,53,G8 - \
              - - - - - - - - - - - - - ?1470 : Dependent in the plan
        @2000E
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X217", "278", "HI", TABLE)
