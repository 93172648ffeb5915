"""Guide 005010X212: answer about the status of claims (277), as a table. How to read it: `libs/x12/guide.py`.

Sources: `277.5010.X212.xml` of pyx12 4.0.0 (BSD) for segments, elements and codes; `X212-HN277.rb` of kputnam/stupidedi
(BSD-3-Clause) for the order of the levels, which the first gets wrong; names in our own words. Ours: every level stands
inside the one above it, the trailer stands at 20,000, so that positions grow down the page, and the entity a status
speaks of may be any of the code set instead of the guide's own list of some 200. The status codes of claims and lines
are judged by the reader, because those of pharmacies (RX) are of another list.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 100 !143=277 !329 !1705 : Transaction set header
BHT R 1 200 !1005=0010 !353=08 !127 !373 !337 !640=DG : Beginning of hierarchical transaction
loop 2000A R n 10000 : Payer level
  HL R 1 100 !628 - !735=20 !736=1 : Payer level
  loop 2100A R 1 500 : Payer name
    NM1 R 1 500 !98=PR !1065=2 !1035 - - - - !66=PI,XV !67 : Payer name
    PER S 1 800 !366=IC ?93 !365=ED,EM,FX,TE !364 ?365=ED,EM,EX,FX,TE ?364 ?365=ED,EM,EX,FX,TE ?364 /P0506 /P0708 : \
        Payer contact
  loop 2000B R n 2000 : Receiver level
    HL R 1 100 !628 !734 !735=21 !736=0,1 : Receiver level
    loop 2100B R 1 500 : Receiver name
      NM1 R 1 500 !98=41 !1065=1,2 ?1035 ?1036 ?1037 - - !66=46 !67 : Receiver name
    loop 2200B S 1 900 : Answer to the receiver
      TRN R 1 900 !481=2 !127 : Number of the inquiry
      STC R n 1000 !C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) !373 - - - - - - - \
          ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
          !1271@claim_status ?98@entity_id) : Status of the inquiry
    loop 2000C S n 2000 : Provider level
      HL R 1 100 !628 !734 !735=19 !736=0,1 : Provider level
      loop 2100C R 2 500 : Provider name
        NM1 R 1 500 !98=1P !1065=1,2 ?1035 ?1036 ?1037 - ?1039 !66=FI,SV,XX !67 : Provider name
      loop 2200C S 1 900 : Answer to the provider
        TRN R 1 900 !481=1 !127 : Number of the answer to the provider
        STC R n 1000 !C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) !373 - - - - - - - \
            ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
            !1271@claim_status ?98@entity_id) : Status of the provider's inquiries
      loop 2000D S n 2000 : Subscriber level
        HL R 1 100 !628 !734 !735=22 !736=0,1 : Subscriber level
        loop 2100D R 1 500 : Subscriber name
          NM1 R 1 500 !98=IL !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=24,II,MI !67 : Subscriber name
        loop 2200D S n 900 : Answer about a claim
          TRN R 1 900 !481=2 !127 : Number of the inquiry
          STC R n 1000 !C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) !373 - ?782 ?782 ?373 - ?373 ?429 \
              ?C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) ?C043(!1271@claim_status_cat !1271 \
              ?98@entity_id ?1270=RX) : Status of the claim
          REF S 1 1100 !128=1K !127 : Internal control number
          REF S 1 1100 !128=BLT !127 : Type of bill
          REF S 1 1100 !128=EJ !127 : Patient control number
          REF S 1 1100 !128=XZ !127 : Prescription number
          REF S 1 1100 !128=VV !127 : Voucher number
          REF S 1 1100 !128=D9 !127 : Number of a clearinghouse
          DTP S 1 1200 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
          loop 2220D S n 1800 : Service line
            SVC R 1 1800 !C003(!235=AD,ER,HC,HP,IV,N4,NU,WK !234 ?1339 ?1339 ?1339 ?1339) !782 !782 ?234 - - !380 : \
                Service line
            STC R n 1900 !C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) !373 - - - - - - - \
                ?C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) ?C043(!1271@claim_status_cat !1271 \
                ?98@entity_id ?1270=RX) : Status of the service line
            REF S 1 2000 !128=FJ !127 : Line item control number
            DTP R 1 2100 !374=472 !1250=D8,RD8 !1251 : Service dates of the line
        loop 2000E S n 2000 : Dependent level
          HL R 1 100 !628 !734 !735=23 : Dependent level
          loop 2100E R 1 500 : Dependent name
            NM1 R 1 500 !98=QC !1065=1 !1035 ?1036 ?1037 - ?1039 : Dependent name
          loop 2200E R n 900 : Answer about a claim
            TRN R 1 900 !481=2 !127 : Number of the inquiry
            STC R n 1000 !C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) !373 - ?782 ?782 ?373 - ?373 ?429 \
                ?C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) ?C043(!1271@claim_status_cat !1271 \
                ?98@entity_id ?1270=RX) : Status of the claim
            REF S 1 1100 !128=1K !127 : Internal control number
            REF S 1 1100 !128=BLT !127 : Type of bill
            REF S 1 1100 !128=EJ !127 : Patient control number
            REF S 1 1100 !128=XZ !127 : Prescription number
            REF S 1 1100 !128=VV !127 : Voucher number
            REF S 1 1100 !128=D9 !127 : Number of a clearinghouse
            DTP S 1 1200 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
            loop 2220E S n 1800 : Service line
              SVC R 1 1800 !C003(!235=AD,ER,HC,HP,IV,N4,NU,WK !234 ?1339 ?1339 ?1339 ?1339) !782 !782 ?234 - - !380 : \
                  Service line
              STC R n 1900 !C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) !373 - - - - - - - \
                  ?C043(!1271@claim_status_cat !1271 ?98@entity_id ?1270=RX) ?C043(!1271@claim_status_cat !1271 \
                  ?98@entity_id ?1270=RX) : Status of the service line
              REF S 1 2000 !128=FJ !127 : Line item control number
              DTP R 1 2100 !374=472 !1250=D8,RD8 !1251 : Service dates of the line
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X212", "277", "HN", TABLE)
