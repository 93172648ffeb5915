"""Guide 005010X214: claim acknowledgment (277CA), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `277.5010.X214.xml` of pyx12 4.0.0 (BSD), which follows the implementation guide; names in our
own words. Ours: the trailer stands at 20,000, so that positions grow down the page; a level below the receiver is
required only where the receiver says there is one (its child code), because a file may be refused as a whole; the
status of a billing provider is situational, because it is there to refuse all claims of one (RFI 1211).
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 50 !143=277 !329 !1705 : Transaction set header
BHT R 1 200 !1005=0085 !353=08 !127 !373 !337 !640=TH : Beginning of hierarchical transaction
loop 2000A R n 10000 : Payer level
  HL R 1 100 !628 - !735=20 !736=1 : Payer level
  loop 2100A R 1 500 : Payer name
    NM1 R 1 500 !98=PR,AY !1065=2 !1035 - - - - !66=46,FI,PI,XV !67 /P0809 : Payer name
  loop 2200A R n 900 : Receipt of the file
    TRN R 1 900 !481=1 !127 : Number the payer gave the file
    DTP R 1 1200 !374=050 !1250=D8 !1251 : Day of receipt
    DTP R 1 1200 !374=009 !1250=D8 !1251 : Day of processing
  loop 2000B R 1 2000 : Submitter level
    HL R 1 100 !628 !734 !735=21 !736=0,1 : Submitter level
    loop 2100B R 1 500 : Submitter name
      NM1 R 1 500 !98=41 !1065=1,2 !1035 ?1036 ?1037 - - !66=46 !67 /P0809 : Submitter name
    loop 2200B R 1 900 : Answer to the file
      TRN R 1 900 !481=2 !127 : Number the submitter gave the file
      STC R n 1000 !C043(!1271@claim_status_cat !1271@claim_status ?98=36,40,41,AY,PR) !373 !306=U,WQ !782 - - - - - \
          ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
          !1271@claim_status ?98@entity_id) : Status of the file
      QTY S 1 1210 !673=90 !380 : Claims accepted
      QTY S 1 1210 !673=AA !380 : Claims not accepted
      AMT S 1 1220 !522=YU !782 : Charges accepted
      AMT S 1 1220 !522=YY !782 : Charges not accepted
    loop 2000C S n 2000 : Billing provider level
      HL R 1 100 !628 !734 !735=19 !736=0,1 : Billing provider level
      loop 2100C R 1 500 : Billing provider name
        NM1 R 1 500 !98=85 !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=FI,SV,XX !67 : Billing provider name
      loop 2200C S 1 900 : Answer to the billing provider
        TRN R 1 900 !481=1 !127 : Number of the answer to the provider
        STC S n 1000 !C043(!1271@claim_status_cat !1271@claim_status ?98=36,40,41,77,82,85,87,AY,PR) - !306=U,WQ !782 \
            - - - - - ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
            !1271@claim_status ?98@entity_id) : Status of the provider's claims
        REF S 3 1100 !128=0B,1G,G2,LU,SY,TJ !127 : Further identifier of the provider
        QTY S 1 1210 !673=QA !380 : Claims accepted
        QTY S 1 1210 !673=QC !380 : Claims not accepted
        AMT S 1 1220 !522=YU !782 : Charges accepted
        AMT S 1 1220 !522=YY !782 : Charges not accepted
      loop 2000D S n 2000 : Patient level
        HL R 1 100 !628 !734 !735=PT : Patient level
        loop 2100D R 1 500 : Patient name
          NM1 R 1 500 !98=QC !1065=1 !1035 ?1036 ?1037 - ?1039 !66=II,MI !67 : Patient name
        loop 2200D R n 900 : Answer to the claim
          TRN R 1 900 !481=2 !127 : Patient control number
          STC R n 1000 !C043(!1271@claim_status_cat !1271@claim_status ?98=03,1P,1Z,40,41,71,72,73,77,82,85,87,DK,DN, \
              DQ,FA,GB,HK,IL,LI,MSC,PR,PRP,QB,QC,QD,SEP,TL,TTP,TU) !373 !306=U,WQ !782 - - - - - \
              ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
              !1271@claim_status ?98@entity_id) ?933 : Status of the claim
          REF S 1 1100 !128=1K !127 : Internal control number
          REF S 1 1100 !128=D9 !127 : Number of a clearinghouse
          REF S 1 1100 !128=BLT !127 : Type of bill
          DTP R 1 1200 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
          loop 2220D S n 1800 : Service line
            SVC R 1 1800 !C003(!235=AD,ER,HC,HP,IV,NU,WK !234 ?1339 ?1339 ?1339 ?1339) !782 - ?234 - - ?380 : Service \
                line
            STC R n 1900 !C043(!1271@claim_status_cat !1271@claim_status ?98=03,1P,1Z,40,41,71,72,73,77,82,85,87,DK, \
                DN,DQ,FA,GB,HK,IL,LI,MSC,PR,PRP,QB,QC,QD,SEP,TL,TTP,TU) ?373 !306=U - - - - - - \
                ?C043(!1271@claim_status_cat !1271@claim_status ?98@entity_id) ?C043(!1271@claim_status_cat \
                !1271@claim_status ?98@entity_id) ?933 : Status of the service line
            REF S 1 2000 !128=FJ !127 : Line item control number
            REF S 1 2000 !128=XZ !127 : Prescription number
            DTP S 1 2100 !374=472 !1250=D8,RD8 !1251 : Service dates of the line
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X214", "277", "HN", TABLE)
