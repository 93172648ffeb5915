"""Guide 005010X221A1: remittance advice (835), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `835.5010.X221.A1.xml` of pyx12 4.0.0 (BSD), which follows the implementation guide; names in our
own words. Ours: the detail part is raised by 10,000 and the footer by 20,000, so that positions grow down the page;
adjustment reasons name their code set; and the reasons of the first provider adjustment of a PLB hold for its other
five too.
"""

from libs.x12.guide import Guide

# Up to six reasons of a CAS, each with its amount and quantity.
_REASONS = (
    f"!1034@adjustment_reason !782 ?380{' ?1034@adjustment_reason ?782 ?380' * 5} "
    "/L050607 /C0605 /C0705 /L080910 /C0908 /C1008 /L111213 /C1211 /C1311 /L141516 /C1514 /C1614 /L171819 /C1817 /C1917"
)
# The reason and the reference of a provider adjustment; a PLB has room for six.
_PROVIDER_REASON = (
    "C042(!426=50,51,72,90,AH,AM,AP,B2,B3,BD,BN,C5,CR,CS,CT,CV,CW,DM,E3,FB,FC,GO,HM,IP,IR,IS,J1,L3,L6,LE,LS,OA,OB,PI,PL,"
    "RA,RE,SL,TL,WO,WU ?127)"
)
_PROVIDER_REASONS = f"!{_PROVIDER_REASON} !782" + f" ?{_PROVIDER_REASON} ?782" * 5

TABLE = f"""\
ST R 1 100 !143=835 !329 : Transaction set header
BPR R 1 200 !305=C,D,H,I,P,U,X !782 !478=C,D !591=ACH,BOP,CHK,FWT,NON ?812=CCP,CTX ?506=01,04 ?507 ?569=DA ?508 ?509 \
    ?510 ?506=01,04 ?507 ?569=DA,SG ?508 !373 /P0607 /C0809 /P1213 /C1415 : Payment
TRN R 1 400 !481=1 !127 !509 ?127 : Check or transfer trace number
CUR S 1 500 !98=PR !100@currency : Currency of the payment
REF S 1 600 !128=EV !127 : Receiver, when not the payee
REF S 1 600 !128=F2 !127 : Payer's program version
DTM S 1 700 !374=405 !373 : Production date
loop 1000A R 1 800 : Payer
  N1 R 1 800 !98=PR !93 ?66=XV ?67 /P0304 : Payer
  N3 R 1 1000 !166 ?166 : Payer street address
  N4 R 1 1100 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Payer city, state, ZIP code
  REF S 4 1200 !128=2U,EO,HI,NF !127 : Payer additional identification
  PER S 1 1300 !366=CX ?93 ?365=EM,FX,TE ?364 ?365=EM,EX,FX,TE ?364 ?365=EX ?364 /P0304 /P0506 /P0708 : Payer \
      business contact
  PER R n 1300 !366=BL ?93 ?365=EM,TE,UR ?364 ?365=EM,EX,FX,TE,UR ?364 ?365=EM,EX,FX,UR ?364 /P0304 /P0506 /P0708 : \
      Payer technical contact
  PER S 1 1300 !366=IC - !365=UR !364 : Payer web site
loop 1000B R 1 1400 : Payee
  N1 R 1 800 !98=PE !93 !66=FI,XV,XX !67 : Payee
  N3 S 1 1000 !166 ?166 : Payee street address
  N4 S 1 1100 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Payee city, state, ZIP code
  REF S n 1200 !128=0B,D3,PQ,TJ !127 : Payee additional identification
  RDM S 1 1400 !756=BM,EM,FT,OL ?93 ?364 : Delivery of the remittance
loop 2000 S n 10030 : Group of claims
  LX R 1 30 !554 : Group of claims
  TS3 S 1 50 !127 !1331 !373 !380 !782 - - - - - - - ?782 - ?782 - ?782 ?782 - ?782 ?782 ?782 ?380 ?782 : Provider \
      summary
  TS2 S 1 70 ?782 ?782 ?782 ?782 ?782 ?782 ?380 ?782 ?782 ?380 ?380 ?380 ?380 ?380 ?782 ?380 ?782 ?782 ?782 : \
      Provider summary of inpatient days and rates
  loop 2100 R n 100 : Claim payment
    CLP R 1 100 !1028 !1029=1,19,2,20,21,22,23,25,3,4 !782 !782 ?782 !1032=12,13,14,15,16,17,AM,CH,DS,HM,LM,MA,MB, \
        MC,OF,TV,VA,WC,ZZ !127 ?1331 ?1325 - ?1354 ?380 ?954 : Claim payment
    CAS S 99 200 !1033=CO,OA,PI,PR {_REASONS} : Claim adjustment
    NM1 R 1 300 !98=QC !1065=1 ?1035 ?1036 ?1037 - ?1039 ?66=34,HN,II,MI,MR ?67 /P0809 : Patient name
    NM1 S 1 300 !98=IL !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=FI,II,MI !67 : Insured name
    NM1 S 1 300 !98=74 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=C ?67 /P0809 : Corrected patient or insured name
    NM1 S 1 300 !98=82 !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=BD,BS,FI,MC,PC,SL,UP,XX !67 : Rendering provider name
    NM1 S 1 300 !98=TT !1065=2 !1035 - - - - !66=AD,FI,NI,PI,PP,XV !67 : Crossover payer name
    NM1 S 1 300 !98=PR !1065=2 !1035 - - - - !66=AD,FI,NI,PI,PP,XV !67 : Corrected priority payer name
    NM1 S 1 300 !98=GB !1065=1,2 ?1035 ?1036 ?1037 - ?1039 ?66=FI,II,MI ?67 /P0809 : Other subscriber name
    MIA S 1 330 !380 ?782 ?380 ?782 ?127@remark_code ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?380 ?782 ?782 \
        ?782 ?782 ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code ?782 : Inpatient adjudication
    MOA S 1 350 ?954 ?782 ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code ?782 \
        ?782 : Outpatient adjudication
    REF S 5 400 !128=1L,1W,28,6P,9A,9C,BB,CE,EA,F8,G1,G3,IG,SY !127 : Claim additional identification
    REF S 10 400 !128=0B,1A,1B,1C,1D,1G,1H,1J,D3,G2,LU !127 : Rendering provider additional identification
    DTM S 2 500 !374=232,233 !373 : Statement period
    DTM S 1 500 !374=036 !373 : Coverage expiration date
    DTM S 1 500 !374=050 !373 : Claim receipt date
    PER S 2 600 !366=CX ?93 !365=EM,FX,TE !364 ?365=EM,EX,FX,TE ?364 ?365=EX ?364 /P0506 /P0708 : Claim contact
    AMT S 13 620 !522=AU,D8,DY,F5,I,NL,T,T2,ZK,ZL,ZM,ZN,ZO !782 : Claim supplemental amount
    QTY S 14 640 !673=CA,CD,LA,LE,NE,NR,OU,PS,VS,ZK,ZL,ZM,ZN,ZO !380 : Claim supplemental quantity
    loop 2110 S 999 700 : Service payment
      SVC R 1 700 !C003(!235=AD,ER,HC,HP,IV,N4,N6,NU,UI,WK !234 ?1339 ?1339 ?1339 ?1339) !782 !782 ?234 ?380 \
          ?C003(!235=AD,ER,HC,HP,IV,N4,NU,WK !234 ?1339 ?1339 ?1339 ?1339 ?352) ?380 : Service payment
      DTM S 2 800 !374=150,151,472 !373 : Service date
      CAS S 99 900 !1033=CO,OA,PI,PR {_REASONS} : Service adjustment
      REF S 8 1000 !128=1S,APC,BB,E9,G1,G3,LU,RB !127 : Service additional identification
      REF S 1 1000 !128=6R !127 : Line control number
      REF S 10 1000 !128=0B,1A,1B,1C,1D,1G,1H,1J,D3,G2,HPI,SY,TJ !127 : Line rendering provider identification
      REF S 5 1000 !128=0K !127 : Health care policy identification
      AMT S 9 1100 !522=B6,KH,T,T2,ZK,ZL,ZM,ZN,ZO !782 : Service supplemental amount
      QTY S 6 1200 !673=ZK,ZL,ZM,ZN,ZO !380 : Service supplemental quantity
      LQ S 99 1300 !1270=HE,RX !1271 : Remark codes
PLB S n 20100 !127 !373 {_PROVIDER_REASONS} /P0506 /P0708 /P0910 /P1112 /P1314 : Provider adjustment
SE R 1 20200 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X221A1", "835", "HP", TABLE)
