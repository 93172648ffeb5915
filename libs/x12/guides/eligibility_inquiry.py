"""Guide 005010X279A1, the inquiry (270), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `X279A1-HS270.rb` and the segment definitions of version 005010 of stupidedi (kputnam/stupidedi,
BSD), which follow the implementation guide; names in our own words. Ours: positions grow down the page, the levels
lie in each other as their HL segments do, and the service type codes are the union of the source's lists, which
differ by a few slips.
"""

from libs.x12.guide import Guide

# Data element 1365 as the guide lists it, for the question and for the answer.
SERVICE_TYPES = (
    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,30,32,33,34,35,36,37,38,39,40,41,42,"
    "43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,"
    "80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,A0,A1,A2,A3,A4,A5,A6,A7,A8,A9,AA,AB,AC,AD,AE,AF,AG,"
    "AH,AI,AJ,AK,AL,AM,AN,AO,AQ,AR,B1,B2,B3,BA,BB,BC,BD,BE,BF,BG,BH,BI,BJ,BK,BL,BM,BN,BP,BQ,BR,BS,BT,BU,BV,BW,BX,BY,"
    "BZ,C1,CA,CB,CC,CD,CE,CF,CG,CH,CI,CJ,CK,CL,CM,CN,CO,CP,CQ,DG,DM,DS,GF,GN,GY,IC,MH,NI,ON,PT,PU,RN,RT,TC,TN,UC"
)
# The part a provider has in the patient's care, data element 1221.
PROVIDER_PARTS = "AD,AT,BI,CO,CV,H,HH,LA,OT,P1,P2,PC,PE,R,RF,SK,SU"
# A procedure with up to four modifiers, and pointers to the diagnoses of the HI segment.
PROCEDURE = "!235=AD,CJ,HC,ID,IV,N4,ZZ !234 ?1339 ?1339 ?1339 ?1339"
POINTERS = "!1328=1,2,3,4,5,6,7,8 ?1328=1,2,3,4,5,6,7,8 ?1328=1,2,3,4,5,6,7,8 ?1328=1,2,3,4,5,6,7,8"
# One principal diagnosis and up to seven others.
DIAGNOSES = "!C022(!1270=ABK,BK !1271)" + " ?C022(!1270=ABF,BF !1271)" * 7

TABLE = f"""\
ST R 1 100 !143=270 !329 !1705=005010X279A1 : Transaction set header
BHT R 1 200 !1005=0022 !353=01,13 ?127 !373 !337 ?640=RT : Beginning of hierarchical transaction
loop 2000A R n 10010 : Information source level
  HL R 1 100 !628 - !735=20 !736=1 : Information source level
  loop 2100A R 1 300 : Information source name
    NM1 R 1 300 !98=2B,36,GP,P5,PR !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=24,46,FI,NI,PI,XV,XX !67 : Information \
        source name
  loop 2000B R n 5000 : Information receiver level
    HL R 1 100 !628 !734 !735=21 !736=1 : Information receiver level
    loop 2100B R 1 300 : Information receiver name
      NM1 R 1 300 !98=1P,2B,36,80,FA,GP,P5,PR !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=24,34,FI,PI,PP,SV,XV,XX !67 : \
          Information receiver name
      REF S 9 400 !128=0B,1C,1D,1J,4A,CT,EL,EO,HPI,JD,N5,N7,Q4,SY,TJ !127 ?352 : Information receiver further \
          identification
      N3 S 1 600 !166 ?166 : Information receiver address
      N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Information receiver city, state, ZIP code
      PRV S 1 900 !1221={PROVIDER_PARTS},SB ?128=PXC ?127 /P0203 : Information receiver specialty
    loop 2000C R n 5000 : Subscriber level
      HL R 1 100 !628 !734 !735=22 !736=0,1 : Subscriber level
      TRN S 2 200 !481=1 !127 !509 ?127 : Subscriber trace number
      loop 2100C R 1 300 : Subscriber name
        NM1 R 1 300 !98=IL !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=II,MI ?67 /P0809 : Subscriber name
        REF S 9 400 !128=18,1L,1W,3H,6P,CT,EA,EJ,F6,GH,HJ,IG,N6,NQ,SY,Y4 !127 : Subscriber further identification
        N3 S 1 600 !166 ?166 : Subscriber address
        N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Subscriber city, state, ZIP code
        PRV S 1 900 !1221={PROVIDER_PARTS} ?128=9K,D3,EI,HPI,PXC,SY,TJ ?127 /P0203 : Subscriber's provider
        DMG S 1 1000 ?1250=D8 ?1251 ?1068=F,M,U /P0102 : Subscriber demographic information
        INS S 1 1100 !1073=Y !1069=18 - - - - - - - - - - - - - - !1470 : Subscriber multiple birth sequence number
        HI S 1 1150 {DIAGNOSES} : Subscriber diagnoses
        DTP S 2 1200 !374=102,291 !1250=D8,RD8 !1251 : Subscriber date
        loop 2110C S 99 1300 : Subscriber eligibility or benefit inquiry
          EQ R 1 1300 ?1365*99={SERVICE_TYPES} ?C003({PROCEDURE}) ?1207=FAM - ?C004({POINTERS}) /R0102 : Subscriber \
              eligibility or benefit inquiry
          AMT S 1 1350 !522=R !782 : Subscriber spend down amount
          AMT S 1 1350 !522=PB !782 : Subscriber spend down total billed amount
          III S 1 1700 !1270=ZZ !1271 : Subscriber place of service asked about
          REF S 1 1900 !128=9F,G1 !127 : Subscriber referral or prior authorization
          DTP S 1 2000 !374=291 !1250=D8,RD8 !1251 : Subscriber benefit date
      loop 2000D S n 5000 : Dependent level
        HL R 1 100 !628 !734 !735=23 !736=0 : Dependent level
        TRN S 2 200 !481=1 !127 !509 ?127 : Dependent trace number
        loop 2100D R 1 300 : Dependent name
          NM1 R 1 300 !98=03 !1065=1 ?1035 ?1036 ?1037 - ?1039 : Dependent name
          REF S 9 400 !128=18,1L,1W,6P,CT,EA,EJ,F6,GH,HJ,IF,IG,MRC,N6,SY,Y4 !127 : Dependent further identification
          N3 S 1 600 !166 ?166 : Dependent address
          N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Dependent city, state, ZIP code
          PRV S 1 900 !1221={PROVIDER_PARTS} ?128=9K,D3,EI,HPI,PXC,SY,TJ ?127 /P0203 : Dependent's provider
          DMG S 1 1000 ?1250=D8 ?1251 ?1068=F,M,U /P0102 : Dependent demographic information
          INS S 1 1100 !1073=N !1069=01,19,34 - - - - - - - - - - - - - - ?1470 : Dependent relationship
          HI S 1 1150 {DIAGNOSES} : Dependent diagnoses
          DTP S 2 1200 !374=102,291 !1250=D8,RD8 !1251 : Dependent date
          loop 2110D R 99 1300 : Dependent eligibility or benefit inquiry
            EQ R 1 1300 ?1365*99={SERVICE_TYPES} ?C003({PROCEDURE}) - - ?C004({POINTERS}) /R0102 : Dependent \
                eligibility or benefit inquiry
            III S 1 1700 !1270=ZZ !1271 : Dependent place of service asked about
            REF S 1 1900 !128=9F,G1 !127 : Dependent referral or prior authorization
            DTP S 1 2000 !374=291 !1250=D8,RD8 !1251 : Dependent benefit date
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X279A1", "270", "HS", TABLE)
