"""Guide 005010X279A1, the answer (271), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `X279A1-HB271.rb` and the segment definitions of version 005010 of stupidedi (kputnam/stupidedi,
BSD), which follow the implementation guide; names in our own words. Ours: positions grow down the page, the levels
lie in each other as their HL segments do, each list of codes that the source has for subscriber and dependent with
slips is one list here, and the bracket of LS and LE is a loop (2120CLS, 2120DLS), so that neither comes alone.
"""

from libs.x12.guide import Guide
from libs.x12.guides.eligibility_inquiry import DIAGNOSES, POINTERS, PROCEDURE, PROVIDER_PARTS, SERVICE_TYPES

# What the payer says about a benefit, data element 1390, and about which insurance, 1336.
INFORMATION = "1,2,3,4,5,6,7,8,A,B,C,CB,D,E,F,G,H,I,J,K,L,M,MC,N,O,P,Q,R,S,T,U,V,W,X,Y"
INSURANCE = (
    "12,13,14,15,16,41,42,43,47,AP,C1,CO,CP,D,DB,EP,FF,GP,HM,HN,HS,IN,IP,LC,LD,LI,LT,MA,MB,MC,MH,MI,MP,OT,PE,PL,PP,"
    "PR,PS,QM,RP,SP,TF,WC,WU"
)
# Time periods, data element 615, and units counted, 673.
PERIODS = "6,7,13,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36"
UNITS = "8H,99,CA,CE,D3,DB,DY,HS,LA,LE,M2,MN,P6,QA,S7,S8,VS,YY"
# When services are delivered, data elements 678 and 679.
DELIVERY_DAYS = "1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,G,H,J,K,L,M,N,O,P,Q,R,S,SG,SL,SP,SX,SY,SZ,T,U,V,W,X,Y"
DELIVERY = (
    f"?673=DY,FL,HS,MN,VS ?380 ?355=DA,MO,VS,WK,YR ?1167 ?615={PERIODS} ?616 ?678={DELIVERY_DAYS} "
    "?679=A,B,C,D,E,F,G,Y /P0102 /C0605"
)
# Dates of a person and dates of a benefit, data element 374.
PERSON_DATES = "096,102,152,291,307,318,340,341,342,343,346,347,356,357,382,435,442,458,472,539,540,636,771"
BENEFIT_DATES = "096,193,194,198,290,291,292,295,304,307,318,346,348,349,356,357,435,472,636,771"
BENEFIT_REFUSALS = "15,33,52,53,54,55,56,57,60,61,62,63,69,70,98,AA,AE,AF,AG,AO,CI,E8,IA,MA"
MILITARY = (
    "!1201=A,C,L,O,P,S,T !584=AE,AO,AS,AT,AU,CC,DD,HD,IR,LX,PE,RE,RM,RR,RU "
    "!1595=A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,Q,R,S,U,W ?352 "
    "?1596=A1,A2,A3,B1,B2,C1,C2,C3,C4,C5,C6,C7,C8,C9,E1,F1,F2,F3,F4,G1,G4,L1,L2,L3,L4,L5,L6,M1,M2,M3,M4,M5,M6,P1,P2,"
    "P3,P4,P5,R1,R2,S1,S2,S3,S4,S5,S6,S7,S8,S9,SA,SB,SC,T1,V1,W1 ?1250=D8,RD8 ?1251 /P0607"
)
# Who else has to do with a benefit, data element 98, and how to reach them.
ENTITIES = "13,1I,1P,2B,36,73,FA,GP,GW,I3,IL,LR,OC,P3,P4,P5,PR,PRP,SEP,TTP,VER,VN,VY,X3,Y2"
ENTITY_NAME = (
    f"!98={ENTITIES} !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=24,34,46,FA,FI,II,MI,NI,PI,PP,SV,XV,XX ?67 "
    "?706=01,02,27,41,48,65,72 /P0809"
)
CONTACT = (
    "!366=IC ?93 ?365=ED,EM,FX,TE,UR,WP ?364 ?365=ED,EM,EX,FX,TE,UR,WP ?364 ?365=ED,EM,EX,FX,TE,UR,WP ?364 /P0304 "
    "/P0506 /P0708"
)

TABLE = f"""\
ST R 1 100 !143=271 !329 !1705=005010X279A1 : Transaction set header
BHT R 1 200 !1005=0022 !353=06,11 ?127 !373 !337 : Beginning of hierarchical transaction
loop 2000A R n 10010 : Information source level
  HL R 1 100 !628 - !735=20 !736=0,1 : Information source level
  AAA S 9 250 !1073=N,Y - !901=04,41,42,79 !889=C,N,P,R,S,Y : Request refused
  loop 2100A R 1 300 : Information source name
    NM1 R 1 300 !98=2B,36,GP,P5,PR !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=24,46,FI,NI,PI,XV,XX !67 : Information \
        source name
    PER S 3 800 !366=IC ?93 ?365=ED,EM,FX,TE,UR ?364 ?365=ED,EM,EX,FX,TE,UR ?364 ?365=ED,EM,EX,FX,TE,UR ?364 /P0304 \
        /P0506 /P0708 : Information source contact
    AAA S 9 850 !1073=N,Y - !901=04,41,42,79,80,T4 !889=C,N,P,R,S,W,X,Y : Request refused by information source
  loop 2000B S n 5000 : Information receiver level
    HL R 1 100 !628 !734 !735=21 !736=0,1 : Information receiver level
    loop 2100B R 1 300 : Information receiver name
      NM1 R 1 300 !98=1P,2B,36,80,FA,GP,P5,PR !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=24,34,FI,PI,PP,SV,XV,XX !67 : \
          Information receiver name
      REF S 9 400 !128=0B,1C,1D,1J,4A,CT,EL,EO,HPI,JD,N5,N7,Q4,SY,TJ !127 ?352 : Information receiver further \
          identification
      N3 S 1 600 !166 ?166 : Information receiver address
      N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Information receiver city, state, ZIP code
      AAA S 9 850 !1073=N,Y - !901=15,41,43,44,45,46,47,48,50,51,79,97,T4 !889=C,N,R,S,W,X,Y : Request refused to \
          information receiver
      PRV S 1 900 !1221={PROVIDER_PARTS},SB ?128=PXC ?127 /P0203 : Information receiver specialty
    loop 2000C S n 5000 : Subscriber level
      HL R 1 100 !628 !734 !735=22 !736=0,1 : Subscriber level
      TRN S 3 200 !481=1,2 !127 !509 ?127 : Subscriber trace number
      loop 2100C R 1 300 : Subscriber name
        NM1 R 1 300 !98=IL !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=II,MI ?67 /P0809 : Subscriber name
        REF S 9 400 !128=18,1L,1W,3H,49,6P,CE,CT,EA,EJ,F6,GH,HJ,IF,IG,N6,NQ,Q4,SY,Y4 !127 ?352 : Subscriber further \
            identification
        N3 S 1 600 !166 ?166 : Subscriber address
        N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Subscriber city, state, ZIP code
        AAA S 9 850 !1073=N,Y - !901=15,35,42,43,45,47,48,49,51,52,56,57,58,60,61,62,63,71,72,73,74,75,76,78 !889=C, \
            N,R,S,W,X,Y : Request about subscriber refused
        PRV S 1 900 !1221={PROVIDER_PARTS} ?128=PXC ?127 /P0203 : Subscriber's provider
        DMG S 1 1000 ?1250=D8 ?1251 ?1068=F,M,U /P0102 : Subscriber demographic information
        INS S 1 1100 !1073=Y !1069=18 ?875=001 ?1203=25 - - - - - - - - - - - - ?1470 : Subscriber relationship
        HI S 1 1150 {DIAGNOSES} : Subscriber diagnoses
        DTP S 9 1200 !374={PERSON_DATES} !1250=D8,RD8 !1251 : Subscriber date
        MPI S 9 1275 {MILITARY} : Subscriber military service
        loop 2110C S n 1300 : Subscriber eligibility or benefit
          EB R 1 1300 !1390={INFORMATION} ?1207=CHD,DEP,ECH,EMP,ESP,FAM,IND,SPC,SPO ?1365*99={SERVICE_TYPES} \
              ?1336={INSURANCE} ?1204 ?615={PERIODS} ?782 ?954 ?673={UNITS} ?380 ?1073=N,U,Y ?1073=N,U,W,Y \
              ?C003({PROCEDURE} - ?234) ?C004({POINTERS}) /P0910 : Subscriber eligibility or benefit
          HSD S 9 1350 {DELIVERY} : Subscriber delivery of services
          REF S 9 1400 !128=18,1L,1W,49,6P,9F,ALS,CLI,F6,FO,G1,IG,M7,N6,NQ !127 ?352 : Subscriber benefit identification
          DTP S 20 1500 !374={BENEFIT_DATES} !1250=D8,RD8 !1251 : Subscriber benefit date
          AAA S 9 1600 !1073=N,Y - !901={BENEFIT_REFUSALS} !889=C,N,R,W,X,Y : Question about subscriber refused
          MSG S 10 2500 !933 : Message
          loop 2115C S 10 2600 : Subscriber further benefit information
            III R 1 2600 ?1270=GR,NI,ZZ ?1271 ?1136=44 ?933 /P0102 /L0304 : Subscriber further benefit information
          loop 2120CLS S 1 3300 : Entities related to the subscriber's benefit
            LS R 1 3300 !447=2120 : Loop header
            loop 2120C R 23 3400 : Entity related to subscriber's benefit
              NM1 R 1 3400 {ENTITY_NAME} : Entity related to subscriber's benefit
              N3 S 1 3600 !166 ?166 : Address of entity related to subscriber's benefit
              N4 S 1 3700 !19 ?156@states ?116 ?26@country ?309=RJ ?310 ?1715 /E0207 /C0605 /C0704 : City, state, ZIP \
                  code of entity related to subscriber's benefit
              PER S 3 3800 {CONTACT} : Contact of entity related to subscriber's benefit
              PRV S 1 3900 !1221={PROVIDER_PARTS},SB ?128=PXC ?127 /P0203 : Provider related to subscriber's benefit
            LE R 1 4000 !447=2120 : Loop trailer
      loop 2000D S n 5000 : Dependent level
        HL R 1 100 !628 !734 !735=23 !736=0 : Dependent level
        TRN S 3 200 !481=1,2 !127 !509 ?127 : Dependent trace number
        loop 2100D R 1 300 : Dependent name
          NM1 R 1 300 !98=03 !1065=1 ?1035 ?1036 ?1037 - ?1039 : Dependent name
          REF S 9 400 !128=18,1L,1W,49,6P,CE,CT,EA,EJ,F6,GH,HJ,IF,IG,MRC,N6,NQ,Q4,SY,Y4 !127 ?352 : Dependent further \
              identification
          N3 S 1 600 !166 ?166 : Dependent address
          N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Dependent city, state, ZIP code
          AAA S 9 850 !1073=N,Y - !901=15,35,42,43,45,47,48,49,51,52,56,57,58,60,61,62,63,64,65,66,67,68,71,77 \
              !889=C,N,R,S,W,X,Y : Request about dependent refused
          PRV S 1 900 !1221={PROVIDER_PARTS} ?128=PXC ?127 /P0203 : Dependent's provider
          DMG S 1 1000 ?1250=D8 ?1251 ?1068=F,M,U /P0102 : Dependent demographic information
          INS S 1 1100 !1073=N !1069=01,19,20,21,39,40,53,G8 ?875=001 ?1203=25 - - - - - - - - - - - - ?1470 : \
              Dependent relationship
          HI S 1 1150 {DIAGNOSES} : Dependent diagnoses
          DTP S 9 1200 !374={PERSON_DATES} !1250=D8,RD8 !1251 : Dependent date
          MPI S 9 1275 {MILITARY} : Dependent military service
          loop 2110D S n 1300 : Dependent eligibility or benefit
            EB R 1 1300 !1390={INFORMATION} ?1207=CHD,DEP,ECH,EMP,ESP,FAM,IND,SPC,SPO ?1365*99={SERVICE_TYPES} \
                ?1336={INSURANCE} ?1204 ?615={PERIODS} ?782 ?954 ?673={UNITS} ?380 ?1073=N,U,Y ?1073=N,U,W,Y \
                ?C003({PROCEDURE} - ?234) ?C004({POINTERS}) /P0910 : Dependent eligibility or benefit
            HSD S 9 1350 {DELIVERY} : Dependent delivery of services
            REF S 9 1400 !128=18,1L,1W,49,6P,9F,ALS,CLI,F6,FO,G1,IG,M7,N6,NQ !127 ?352 : Dependent benefit \
                identification
            DTP S 20 1500 !374={BENEFIT_DATES} !1250=D8,RD8 !1251 : Dependent benefit date
            AAA S 9 1600 !1073=N,Y - !901={BENEFIT_REFUSALS} !889=C,N,R,W,X,Y : Question about dependent refused
            MSG S 10 2500 !933 : Message
            loop 2115D S 10 2600 : Dependent further benefit information
              III R 1 2600 ?1270=GR,NI,ZZ ?1271 ?1136=44 ?933 /P0102 /L0304 : Dependent further benefit information
            loop 2120DLS S 1 3300 : Entities related to the dependent's benefit
              LS R 1 3300 !447=2120 : Loop header
              loop 2120D R 23 3400 : Entity related to dependent's benefit
                NM1 R 1 3400 {ENTITY_NAME} : Entity related to dependent's benefit
                N3 S 1 3600 !166 ?166 : Address of entity related to dependent's benefit
                N4 S 1 3700 !19 ?156@states ?116 ?26@country ?309=RJ ?310 ?1715 /E0207 /C0605 /C0704 : City, state, \
                    ZIP code of entity related to dependent's benefit
                PER S 3 3800 {CONTACT} : Contact of entity related to dependent's benefit
                PRV S 1 3900 !1221={PROVIDER_PARTS},SB ?128=PXC ?127 /P0203 : Provider related to dependent's benefit
              LE R 1 4000 !447=2120 : Loop trailer
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X279A1", "271", "HB", TABLE)
