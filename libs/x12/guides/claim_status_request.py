"""Guide 005010X212: inquiry about the status of claims (276), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `X212-HR276.rb` of kputnam/stupidedi (BSD-3-Clause), which follows the implementation guide; names
in our own words. Ours: every level stands inside the one above it, and the trailer stands at 20,000, so that positions
grow down the page.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 100 !143=276 !329 !1705 : Transaction set header
BHT R 1 200 !1005=0010 !353=13 !127 !373 !337 : Beginning of hierarchical transaction
loop 2000A R n 10000 : Payer level
  HL R 1 100 !628 - !735=20 !736=1 : Payer level
  loop 2100A R 1 500 : Payer name
    NM1 R 1 500 !98=PR !1065=2 !1035 - - - - !66=PI,XV !67 : Payer name
  loop 2000B R n 2000 : Receiver level
    HL R 1 100 !628 !734 !735=21 !736=1 : Receiver level
    loop 2100B R 1 500 : Receiver name
      NM1 R 1 500 !98=41 !1065=1,2 ?1035 ?1036 ?1037 - - !66=46 !67 : Receiver name
    loop 2000C R n 2000 : Provider level
      HL R 1 100 !628 !734 !735=19 !736=1 : Provider level
      loop 2100C R 2 500 : Provider name
        NM1 R 1 500 !98=1P !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=FI,SV,XX !67 : Provider name
      loop 2000D R n 2000 : Subscriber level
        HL R 1 100 !628 !734 !735=22 !736=0,1 : Subscriber level
        DMG S 1 400 !1250=D8 !1251 ?1068=F,M : Subscriber birth date and sex
        loop 2100D R 1 500 : Subscriber name
          NM1 R 1 500 !98=IL !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=24,II,MI !67 : Subscriber name
        loop 2200D S n 900 : Question about a claim
          TRN R 1 900 !481=1 !127 : Number of the inquiry
          REF S 1 1000 !128=1K !127 : Internal control number
          REF S 1 1000 !128=BLT !127 : Type of bill
          REF S 1 1000 !128=LU !127 : Location or system of the provider
          REF S 1 1000 !128=6P !127 : Group number
          REF S 1 1000 !128=EJ !127 : Patient control number
          REF S 1 1000 !128=XZ !127 : Prescription number
          REF S 1 1000 !128=D9 !127 : Number of a clearinghouse
          AMT S 1 1100 !522=T3 !782 : Total charge
          DTP S 1 1200 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
          loop 2210D S n 1300 : Service line
            SVC R 1 1300 !C003(!235=AD,ER,HC,HP,IV,N4,NU,WK !234 ?1339 ?1339 ?1339 ?1339) !782 - ?234 - - ?380 : \
                Service line
            REF S 1 1400 !128=FJ !127 : Line item control number
            DTP R 1 1500 !374=472 !1250=D8,RD8 !1251 : Service dates of the line
        loop 2000E S n 2000 : Dependent level
          HL R 1 100 !628 !734 !735=23 : Dependent level
          DMG R 1 400 !1250=D8 !1251 ?1068=F,M : Dependent birth date and sex
          loop 2100E R 1 500 : Dependent name
            NM1 R 1 500 !98=QC !1065=1 !1035 ?1036 ?1037 - ?1039 : Dependent name
          loop 2200E R n 900 : Question about a claim
            TRN R 1 900 !481=1 !127 : Number of the inquiry
            REF S 1 1000 !128=1K !127 : Internal control number
            REF S 1 1000 !128=BLT !127 : Type of bill
            REF S 1 1000 !128=LU !127 : Location or system of the provider
            REF S 1 1000 !128=6P !127 : Group number
            REF S 1 1000 !128=EJ !127 : Patient control number
            REF S 1 1000 !128=XZ !127 : Prescription number
            REF S 1 1000 !128=D9 !127 : Number of a clearinghouse
            AMT S 1 1100 !522=T3 !782 : Total charge
            DTP S 1 1200 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
            loop 2210E S n 1300 : Service line
              SVC R 1 1300 !C003(!235=AD,ER,HC,HP,IV,N4,NU,WK !234 ?1339 ?1339 ?1339 ?1339) !782 - ?234 - - ?380 : \
                  Service line
              REF S 1 1400 !128=FJ !127 : Line item control number
              DTP R 1 1500 !374=472 !1250=D8,RD8 !1251 : Service dates of the line
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X212", "276", "HR", TABLE)
