"""Guide 006020X314: additional information to support a claim (275), as a table. How to read it: `libs/x12/guide.py`.

STRUCTURE ONLY. The guide is not public: order, loops and main qualifiers follow what companion guides of payers say
about 006020X314 and what the open projects aurelianware/hipaa-attachments (Apache-2.0) and @cosyte/x12 build; codes
nobody publishes are not restricted, and element lengths are those of the base standard. Names in our own words.
A document in BDS03 is bounded (data element 785 in `elements.py`): larger ones go another way.
Written 2026-11 against CMS-0053-F; hold it against the guide before a partner is connected.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 100 !143=275 !329 !1705 : Transaction set header
BGN R 1 200 !353=02,11 !127 !373 ?337 : Beginning of the attachment
loop 1000A R 1 500 : Payer name
  NM1 R 1 500 !98=PR !1065=2 !1035 - - - - !66=PI,XV !67 : Payer name
loop 1000B R 1 500 : Submitter name
  NM1 R 1 500 !98=41 !1065=1,2 !1035 ?1036 ?1037 - ?1039 !66=46,XX !67 : Submitter name
  PER S 2 800 !366=IC ?93 !365=EM,FX,TE !364 ?365=EM,EX,FX,TE ?364 ?365=EM,EX,FX,TE ?364 /P0506 /P0708 : Submitter \
      contact
loop 1000C R n 500 : Provider name
  NM1 R 1 500 !98=1P !1065=1,2 !1035 ?1036 ?1037 - ?1039 ?66=24,34,FI,SV,XX ?67 /P0809 : Provider name
  PRV S 1 550 !1221=PE !128=PXC !127 : Provider specialty
  N3 S 1 600 !166 ?166 : Provider street
  N4 S 1 700 !19 ?156@states ?116 ?26@country - - ?1715 /E0207 /C0704 : Provider city, state, ZIP code
  REF S 9 750 !128=0B,1G,EI,G2,LU,SY,TJ !127 : Provider further identifier
loop 1000D R 1 500 : Patient name
  NM1 R 1 500 !98=QC !1065=1 !1035 ?1036 ?1037 - ?1039 ?66=II,MI ?67 /P0809 : Patient name
  REF S 1 750 !128=EJ !127 : Patient control number
  REF S 1 750 !128=1K !127 : Internal control number
  REF S 1 750 !128=EA !127 : Medical record number
  REF S 1 750 !128=BLT !127 : Type of bill
  REF S 1 750 !128=D9 !127 : Number of a clearinghouse
  DTP S 1 900 !374=472 !1250=D8,RD8 !1251 : Service dates of the claim
loop 2000A R n 10000 : Attachment
  LX R 1 100 !554 : Attachment
  TRN R 1 200 !481=1,2 !127 ?509 ?127 : Number of the attachment
  STC S 1 300 !C043(!1271 !1271 ?98 ?1270=LOI) ?373 - - - - - - - ?C043(!1271 !1271 ?98 ?1270=LOI) ?C043(!1271 !1271 \
      ?98 ?1270=LOI) : What was asked for
  REF S 1 400 !128=6R !127 : Line item control number
  REF S 1 400 !128=FJ !127 : Line item control number of the payer
  REF S 1 400 !128=1K !127 : Internal control number
  REF S 1 400 !128=EJ !127 : Patient control number
  DTP S 1 500 !374=472 !1250=D8,RD8 !1251 : Dates of the service
  DTP S 1 500 !374=368 !1250=D8 !1251 : Day of submission
  loop 2100A S 1 600 : Procedure the attachment speaks of
    SVC R 1 600 !C003(!235 !234 ?1339 ?1339 ?1339 ?1339) ?782 - ?234 - - ?380 : Procedure the attachment speaks of
  loop 2110A R n 700 : Document
    CAT R 1 700 !755 !756 ?799 : Kind of document
    loop 2110B R 1 800 : Content of the document
      OOI R 1 800 !126 !1914 ?352 : Object that is sent
      BDS R 1 900 !1570=ASC,B64,UUE,ZZZ !784 !785 : Content
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("006020X314", "275", "PI", TABLE)
