"""Guide 005010X223A2: institutional claim (837I), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `837Q3.I.5010.X223.A1.xml` of pyx12 4.0.0 (BSD), the map it registers for this guide; names in our
own words. Ours: the detail part is raised by 10,000 and the trailer stands at 20,000, so that positions grow down the
page; 2000C comes after 2300, which is drawn again in it; neighboring loops of providers (2310, 2330, 2420) stand at
one position, because the base standard leaves their order open; and CL101 is required, as the corrected guide has it.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 50 !143=837 !329 !1705 : Transaction set header
BHT R 1 100 !1005=0019 !353=00,18 !127 !373 !337 !640=31,CH,RP : Beginning of hierarchical transaction
loop 1000A R 1 200 : Submitter name
  NM1 R 1 200 !98=41 !1065=1,2 !1035 ?1036 ?1037 - - !66=46 !67 : Submitter name
  PER R 2 450 !366=IC ?93 !365=EM,FX,TE !364 ?365=EM,EX,FX,TE ?364 ?365=EM,EX,FX,TE ?364 /P0506 /P0708 : Submitter EDI \
      contact information
loop 1000B R 1 500 : Receiver name
  NM1 R 1 200 !98=40 !1065=2 !1035 - - - - !66=46 !67 : Receiver name
loop 2000A R n 10010 : Billing provider hierarchical level
  HL R 1 10 !628 - !735=20 !736=1 : Billing provider hierarchical level
  PRV S 1 30 !1221=BI !128=PXC !127 : Billing provider specialty information
  CUR S 1 100 !98=85 !100@currency : Foreign currency information
  loop 2010AA R 1 150 : Billing provider name
    NM1 R 1 150 !98=85 !1065=2 !1035 - - - - ?66=XX ?67 /P0809 : Billing provider name
    N3 R 1 250 !166 ?166 : Billing provider address
    N4 R 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Billing provider city, state, ZIP code
    REF R 1 350 !128=EI !127 : Billing provider tax identification
    PER S 2 400 !366=IC ?93 !365=EM,FX,TE !364 ?365=EM,EX,FX,TE ?364 ?365=EM,EX,FX,TE ?364 /P0506 /P0708 : Billing \
        provider contact information
  loop 2010AB S 1 150 : Pay-to address name
    NM1 R 1 150 !98=87 !1065=2 : Pay-to address name
    N3 R 1 250 !166 ?166 : Pay-to address
    N4 R 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Pay-to address city, state, ZIP code
  loop 2010AC S 1 500 : Pay-to plan name
    NM1 R 1 150 !98=PE !1065=2 !1035 - - - - !66=PI,XV !67 : Pay-to plan name
    N3 R 1 250 !166 ?166 : Pay-to plan address
    N4 R 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Pay-to plan city, state, ZIP code
    REF S 1 350 !128=2U,FY,NF !127 : Pay-to plan secondary identification
    REF R 1 350 !128=EI !127 : Pay-to plan tax identification number
  loop 2000B R n 700 : Subscriber hierarchical level
    HL R 1 10 !628 !734 !735=22 !736=0,1 : Subscriber hierarchical level
    SBR R 1 50 !1138=A,B,C,D,E,F,G,H,P,S,T,U ?1069=18 ?127 ?93 - - - - ?1032=11,12,13,14,15,16,17,AM,BL,CH,CI,DS,FI, \
        HM,LM,MA,MB,MC,OF,TV,VA,WC,ZZ : Subscriber information
    loop 2010BA R 1 150 : Subscriber name
      NM1 R 1 150 !98=IL !1065=1,2 !1035 ?1036 ?1037 - ?1039 ?66=II,MI ?67 /P0809 : Subscriber name
      N3 S 1 250 !166 ?166 : Subscriber address
      N4 S 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Subscriber city, state, ZIP code
      DMG S 1 320 !1250=D8 !1251 !1068=F,M,U : Subscriber demographic information
      REF S 1 350 !128=SY !127 : Subscriber secondary identification
      REF S 1 350 !128=Y4 !127 : Property and casualty claim number
    loop 2010BB R 1 150 : Payer name
      NM1 R 1 150 !98=PR !1065=2 !1035 - - - - !66=PI,XV !67 : Payer name
      N3 S 1 250 !166 ?166 : Payer address
      N4 S 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Payer city, state, ZIP code
      REF S 3 350 !128=2U,EI,FY,NF !127 : Payer secondary identification
      REF S 1 350 !128=G2,LU !127 : Billing provider secondary identification
    loop 2300 S 100 1300 : Claim information
      CLM R 1 1300 !1028 !782 - - !C023(!1331 !1332=A !1325) - !1359=A,B,C !1073=N,W,Y !1363=I,Y - - - - - - - - - - \
          ?1514=1,2,3,4,5,6,7,8,9,10,11,15 : Claim information
      DTP S 1 1350 !374=096 !1250=TM !1251 : Discharge hour
      DTP R 1 1350 !374=434 !1250=RD8 !1251 : Statement dates
      DTP S 1 1350 !374=435 !1250=D8,DT !1251 : Admission date/hour
      DTP S 1 1350 !374=050 !1250=D8 !1251 : Repricer received date
      CL1 R 1 1400 !1315 ?1314 !1352 : Institutional claim code
      PWK S 10 1550 !755=03,04,05,06,07,08,09,10,11,13,15,21,A3,A4,AM,AS,B2,B3,B4,BR,BS,BT,CB,CK,CT,D2,DA,DB,DG,DJ,DS, \
          EB,HC,HR,I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,PE,PN,PO,PQ,PY,PZ,RB,RR,RT,RX,SG,V5,XP !756=AA,BM,EL,EM, \
          FT,FX - - ?66=AC ?67 /P0506 : Claim supplemental information
      CN1 S 1 1600 !1166=01,02,03,04,05,06,09 ?782 ?332 ?127 ?338 ?799 : Contract information
      AMT S 1 1750 !522=F3 !782 : Patient estimated amount due
      REF S 1 1800 !128=4N !127 : Service authorization exception code
      REF S 1 1800 !128=9F !127 : Referral number
      REF S 1 1800 !128=G1 !127 : Prior authorization
      REF S 1 1800 !128=F8 !127 : Payer claim control number
      REF S 1 1800 !128=9A !127 : Repriced claim number
      REF S 1 1800 !128=9C !127 : Adjusted repriced claim number
      REF S 5 1800 !128=LX !127 : Investigational device exemption number
      REF S 1 1800 !128=D9 !127 : Claim identifier for transmission intermediaries
      REF S 1 1800 !128=LU !127 : Auto accident state
      REF S 1 1800 !128=EA !127 : Medical record number
      REF S 1 1800 !128=P4 !127 : Demonstration project identifier
      REF S 1 1800 !128=G4 !127 : Peer review organization (PRO) approval number
      K3 S 10 1850 !449 : File information
      NTE S 10 1900 !363=ALG,DCP,DGN,DME,MED,NTR,ODT,RHB,RLH,RNH,SET,SFM,SPT,UPI !352 : Claim note
      NTE S 1 1900 !363=ADD !352 : Billing note
      CRC S 1 2200 !1136=ZZ !1073=N,Y !1321=AV,NU,S2,ST ?1321=AV,NU,S2,ST ?1321=AV,NU,S2,ST : EPSDT referral
      HI R 1 2310 !C022(!1270=ABK,BK !1271 - - - - - - ?1073=N,U,W,Y) : Principal diagnosis
      HI S 1 2310 !C022(!1270=ABJ,BJ !1271) : Admitting diagnosis
      HI S 1 2310 !C022(!1270=APR,PR !1271) ?C022(!1270=APR,PR !1271) ?C022(!1270=APR,PR !1271) : Patient's reason for \
          visit
      HI S 1 2310 !C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U, \
          W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABN,BN !1271 - - - - - - ?1073=N,U,W,Y) : \
          External cause of injury
      HI S 1 2310 !C022(!1270=DR !1271) : Diagnosis related group (DRG) information
      HI S 2 2310 !C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U, \
          W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) \
          ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) ?C022(!1270=ABF,BF !1271 - - - - - - ?1073=N,U,W,Y) : \
          Other diagnosis information
      HI S 1 2310 !C022(!1270=BBR,BR,CAH !1271 !1250=D8 !1251) : Principal procedure information
      HI S 2 2310 !C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ \
          !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) \
          ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 \
          !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) \
          ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) ?C022(!1270=BBQ,BQ !1271 !1250=D8 !1251) : Other procedure \
          information
      HI S 2 2310 !C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 \
          !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI \
          !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) \
          ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) ?C022(!1270=BI !1271 !1250=RD8 \
          !1251) ?C022(!1270=BI !1271 !1250=RD8 !1251) : Occurrence span information
      HI S 2 2310 !C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 \
          !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH \
          !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) \
          ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) ?C022(!1270=BH !1271 !1250=D8 \
          !1251) ?C022(!1270=BH !1271 !1250=D8 !1251) : Occurrence information
      HI S 2 2310 !C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) \
          ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE \
          !1271 - - !782) ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) \
          ?C022(!1270=BE !1271 - - !782) ?C022(!1270=BE !1271 - - !782) : Value information
      HI S 2 2310 !C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) \
          ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG \
          !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) ?C022(!1270=BG !1271) : Condition information
      HI S 2 2310 !C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) \
          ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC \
          !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) ?C022(!1270=TC !1271) : Treatment code information
      HCP S 1 2410 !1473=00,01,02,03,04,05,06,07,08,09,10,11,12,13,14 !782 ?782 ?127 ?118 ?127 ?782 ?234 - - ?355=DA, \
          UN ?380 ?901=T1,T2,T3,T4,T5,T6 ?1526=1,2,3,4,5 ?1527=1,2,3,4,5,6 /P1112 : Claim pricing/repricing \
          information
      loop 2310A S 1 2500 : Attending provider name
        NM1 R 1 2500 !98=71 !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Attending provider name
        PRV S 1 2550 !1221=AT !128=PXC !127 : Attending provider specialty information
        REF S 4 2710 !128=0B,1G,G2,LU !127 : Attending provider secondary identification
      loop 2310B S 1 2500 : Operating physician name
        NM1 R 1 2500 !98=72 !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Operating physician name
        REF S 4 2710 !128=0B,1G,G2,LU !127 : Operating physician secondary identification
      loop 2310C S 1 2500 : Other operating physician name
        NM1 R 1 2500 !98=ZZ !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Other operating physician name
        REF S 4 2710 !128=0B,1G,G2,LU !127 : Other operating physician secondary identification
      loop 2310D S 1 2500 : Rendering provider name
        NM1 R 1 2500 !98=82 !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Rendering provider name
        REF S 4 2710 !128=0B,1G,G2,LU !127 : Rendering provider secondary identification
      loop 2310E S 1 2500 : Service facility location name
        NM1 R 1 2500 !98=77 !1065=2 !1035 - - - - ?66=XX ?67 /P0809 : Service facility location name
        N3 R 1 2650 !166 ?166 : Service facility location address
        N4 R 1 2700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Service facility location city, state, \
            ZIP code
        REF S 3 2710 !128=0B,G2,LU !127 : Service facility location secondary identification
      loop 2310F S 1 2500 : Referring provider name
        NM1 R 1 2500 !98=DN !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Referring provider name
        REF S 3 2710 !128=0B,1G,G2 !127 : Referring provider secondary identification
      loop 2320 S 10 2900 : Other subscriber information
        SBR R 1 2900 !1138=A,B,C,D,E,F,G,H,P,S,T,U !1069=01,18,19,20,21,39,40,53,G8 ?127 ?93 - - - - ?1032=11,12,13, \
            14,15,16,17,AM,BL,CH,CI,DS,FI,HM,LM,MA,MB,MC,OF,TV,VA,WC,ZZ : Other subscriber information
        CAS S 5 2950 !1033=CO,CR,OA,PI,PR !1034@adjustment_reason !782 ?380 ?1034@adjustment_reason ?782 ?380 \
            ?1034@adjustment_reason ?782 ?380 ?1034@adjustment_reason ?782 ?380 ?1034@adjustment_reason ?782 ?380 \
            ?1034@adjustment_reason ?782 ?380 /L050607 /C0605 /C0705 /L080910 /C0908 /C1008 /L111213 /C1211 /C1311 \
            /L141516 /C1514 /C1614 /L171819 /C1817 /C1917 : Claim level adjustments
        AMT S 1 3000 !522=D !782 : Coordination of benefits (COB) payer paid amount
        AMT S 1 3000 !522=EAF !782 : Remaining patient liability
        AMT S 1 3000 !522=A8 !782 : Coordination of benefits (COB) total non-covered amount
        OI R 1 3100 - - !1073=N,W,Y - - !1363=I,Y : Other insurance coverage information
        MIA S 1 3150 !380 - ?380 ?782 ?127@remark_code ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?782 ?380 ?782 ?782 \
            ?782 ?782 ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code ?782 : Inpatient \
            adjudication information
        MOA S 1 3200 ?954 ?782 ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code ?127@remark_code \
            ?782 ?782 : Outpatient adjudication information
        loop 2330A R 1 3250 : Other subscriber name
          NM1 R 1 3250 !98=IL !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=II,MI !67 : Other subscriber name
          N3 S 1 3320 !166 ?166 : Other subscriber address
          N4 S 1 3400 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Other subscriber city, state, ZIP code
          REF S 2 3550 !128=SY !127 : Other subscriber secondary identification
        loop 2330B R 1 3250 : Other payer name
          NM1 R 1 3250 !98=PR !1065=2 !1035 - - - - !66=PI,XV !67 : Other payer name
          N3 S 1 3320 !166 ?166 : Other payer address
          N4 S 1 3400 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Other payer city, state, ZIP code
          DTP S 1 3500 !374=573 !1250=D8 !1251 : Claim check or remittance date
          REF S 2 3550 !128=2U,EI,FY,NF !127 : Other payer secondary identifier
          REF S 1 3550 !128=G1 !127 : Other payer prior authorization number
          REF S 1 3550 !128=9F !127 : Other payer referral number
          REF S 1 3550 !128=T4 !127 : Other payer claim adjustment indicator
          REF S 1 3550 !128=F8 !127 : Other payer claim control number
        loop 2330C S 1 3250 : Other payer attending provider
          NM1 R 1 3250 !98=71 !1065=1 : Other payer attending provider
          REF R 4 3550 !128=0B,1G,G2,LU !127 : Other payer attending provider secondary identification
        loop 2330D S 1 3250 : Other payer operating physician
          NM1 R 1 3250 !98=72 !1065=1 : Other payer operating physician
          REF R 4 3550 !128=0B,1G,G2,LU !127 : Other payer operating physician secondary identification
        loop 2330E S 1 3250 : Other payer other operating physician
          NM1 R 1 3250 !98=ZZ !1065=1 : Other payer other operating physician
          REF R 4 3550 !128=0B,1G,G2,LU !127 : Other payer other operating physician secondary identification
        loop 2330F S 1 3250 : Other payer service facility location
          NM1 R 1 3250 !98=77 !1065=2 : Other payer service facility location
          REF R 3 3550 !128=0B,G2,LU !127 : Other payer service facility location secondary identification
        loop 2330G S 1 3250 : Other payer rendering provider name
          NM1 R 1 3250 !98=82 !1065=1 : Other payer rendering provider name
          REF R 4 3550 !128=0B,1G,G2,LU !127 : Other payer rendering provider secondary identification
        loop 2330H S 1 3250 : Other payer referring provider
          NM1 R 1 3250 !98=DN !1065=1 : Other payer referring provider
          REF R 3 3550 !128=0B,1G,G2 !127 : Other payer referring provider secondary identification
        loop 2330I S 1 3250 : Other payer billing provider
          NM1 R 1 3250 !98=85 !1065=2 : Other payer billing provider
          REF R 2 3550 !128=G2,LU !127 : Other payer billing provider secondary identification
      loop 2400 R 999 3650 : Service line number
        LX R 1 3650 !554 : Service line number
        SV2 R 1 3750 !234 ?C003(!235=ER,HC,HP,IV,WK !234 ?1339 ?1339 ?1339 ?1339 ?352) !782 !355=DA,UN !380 - ?782 : \
            Institutional service line
        PWK S 10 4200 !755=03,04,05,06,07,08,09,10,11,13,15,21,A3,A4,AM,AS,B2,B3,B4,BR,BS,BT,CB,CK,CT,D2,DA,DB,DG,DJ, \
            DS,EB,HC,HR,I5,IR,LA,M1,MT,NN,OB,OC,OD,OE,OX,OZ,P4,P5,PE,PN,PO,PQ,PY,PZ,RB,RR,RT,RX,SG,V5,XP !756=AA,BM, \
            EL,EM,FT,FX - - ?66=AC ?67 /P0506 : Line supplemental information
        DTP S 1 4550 !374=472 !1250=D8,RD8 !1251 : Service date
        REF S 1 4700 !128=6R !127 : Line item control number
        REF S 1 4700 !128=9B !127 : Repriced line item reference number
        REF S 1 4700 !128=9D !127 : Adjusted repriced line item reference number
        AMT S 1 4750 !522=GT !782 : Service tax amount
        AMT S 1 4750 !522=N8 !782 : Facility tax amount
        NTE S 1 4850 !363=TPO !352 : Third party organization notes
        HCP S 1 4920 !1473=00,01,02,03,04,05,06,07,08,09,10,11,12,13,14 !782 ?782 ?127 ?118 ?127 ?782 ?234 ?235=ER,HC, \
            HP,IV,WK ?234 ?355=DA,UN ?380 ?901=T1,T2,T3,T4,T5,T6 ?1526=1,2,3,4,5 ?1527=1,2,3,4,5,6 /P0910 /P1112 : \
            Line pricing/repricing information
        loop 2410 S 1 4940 : Drug identification
          LIN R 1 4930 - !235=N4 !234 : Drug identification
          CTP R 1 4940 - - - !380 !C001(!355=F2,GR,ME,ML,UN) : Drug quantity
          REF S 1 4950 !128=VY,XZ !127 : Prescription or compound drug association number
        loop 2420A S 1 5000 : Operating physician name
          NM1 R 1 5000 !98=72 !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Operating physician name
          REF S 20 5250 !128=0B,1G,G2,LU !127 - ?C040(!128=2U !127) : Operating physician secondary identification
        loop 2420B S 1 5000 : Other operating physician name
          NM1 R 1 5000 !98=ZZ !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Other operating physician name
          REF S 20 5250 !128=0B,1G,G2,LU !127 - ?C040(!128=2U !127) : Other operating physician secondary identification
        loop 2420C S 1 5000 : Rendering provider name
          NM1 R 1 5000 !98=82 !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Rendering provider name
          REF S 20 5250 !128=0B,1G,G2,LU !127 - ?C040(!128=2U !127) : Rendering provider secondary identification
        loop 2420D S 1 5000 : Referring provider name
          NM1 R 1 5000 !98=DN !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=XX ?67 /P0809 : Referring provider name
          REF S 20 5250 !128=0B,1G,G2 !127 - ?C040(!128=2U !127) : Referring provider secondary identification
        loop 2430 S 15 5400 : Line adjudication information
          SVD R 1 5400 !67 !782 ?C003(!235=ER,HC,HP,IV,WK !234 ?1339 ?1339 ?1339 ?1339 ?352) !234 !380 ?554 : Line \
              adjudication information
          CAS S 5 5450 !1033=CO,CR,OA,PI,PR !1034@adjustment_reason !782 ?380 ?1034@adjustment_reason ?782 ?380 \
              ?1034@adjustment_reason ?782 ?380 ?1034@adjustment_reason ?782 ?380 ?1034@adjustment_reason ?782 ?380 \
              ?1034@adjustment_reason ?782 ?380 /L050607 /C0605 /C0705 /L080910 /C0908 /C1008 /L111213 /C1211 /C1311 \
              /L141516 /C1514 /C1614 /L171819 /C1817 /C1917 : Line adjustment
          DTP R 1 5500 !374=573 !1250=D8 !1251 : Line check or remittance date
          AMT S 1 5505 !522=EAF !782 : Remaining patient liability
    loop 2000C S n 1400 : Patient hierarchical level
      HL R 1 10 !628 !734 !735=23 !736=0 : Patient hierarchical level
      PAT R 1 70 !1069=01,19,20,21,39,40,53,G8 : Patient information
      loop 2010CA R 1 150 : Patient name
        NM1 R 1 150 !98=QC !1065=1 !1035 ?1036 ?1037 - ?1039 : Patient name
        N3 R 1 250 !166 ?166 : Patient address
        N4 R 1 300 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Patient city, state, ZIP code
        DMG R 1 320 !1250=D8 !1251 !1068=F,M,U : Patient demographic information
        REF S 1 350 !128=Y4 !127 : Property and casualty claim number
        REF S 1 350 !128=1W,SY !127 : Property and casualty patient identifier
      @2300
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X223A2", "837", "HC", TABLE)
