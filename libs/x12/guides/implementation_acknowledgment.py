"""Guide 005010X231A1: implementation acknowledgment (999), as a table. How to read it: `libs/x12/guide.py`.

Source of every rule: `999.5010X231.A1.xml` of pyx12 4.0.0 (BSD), which follows the implementation guide; names in our
own words. Ours: the trailer stands at 20,000, so that positions grow down the page, and groups and transaction sets of
any kind may be answered, so that one that is not taken can be refused.
"""

from libs.x12.guide import Guide

TABLE = """\
ST R 1 50 !143=999 !329 !1705 : Transaction set header
AK1 R 1 200 !479 !28 !480 : Group that is answered
loop 2000 S n 300 : Transaction set that is answered
  AK2 R 1 300 !143 !329 ?1705 : Transaction set that is answered
  loop 2100 S n 400 : Faulty segment
    IK3 R 1 400 !721 !719 ?447 !620=1,2,3,4,5,6,7,8,I4,I6,I7,I8,I9 : Faulty segment
    CTX S 9 500 !C998*10(!9999=SITUATIONAL_TRIGGER) !721 !719 ?447 ?C030(!722 ?1528 ?1686) ?C999(!725 ?725) : What \
        made the segment necessary
    CTX S 1 500 !C998*10(!9999=TRN02,NM109,PATIENT_NAME_NM109,SUBSCRIBER_NAME_NM109,ENT01,SUBSCRIBER_NUMBER_REF02, \
        CLM01 !9998) - - - ?C030(!722 ?1528 ?1686) : Business object that is faulty
    loop 2110 S n 600 : Faulty element
      IK4 S 1 600 !C030(!722 ?1528 ?1686) ?725 !621=1,2,3,4,5,6,7,8,9,10,11,12,13,I10,I11,I12,I13,I6,I9 ?724 : Faulty \
          element
      CTX S 10 700 !C998*10(!9999=SITUATIONAL_TRIGGER) !721 !719 ?447 ?C030(!722 ?1528 ?1686) ?C999(!725 ?725) : What \
          made the element necessary
  IK5 R 1 800 !717=A,E,M,R,W,X ?618=1,2,3,4,5,6,7,8,9,10,11,12,13,15,16,17,18,19,23,24,25,26,27,I5,I6 ?618=1,2,3,4,5, \
      6,7,8,9,10,11,12,13,15,16,17,18,19,23,24,25,26,27,I5,I6 ?618=1,2,3,4,5,6,7,8,9,10,11,12,13,15,16,17,18,19,23, \
      24,25,26,27,I5,I6 ?618=1,2,3,4,5,6,7,8,9,10,11,12,13,15,16,17,18,19,23,24,25,26,27,I5,I6 ?618=1,2,3,4,5,6,7,8, \
      9,10,11,12,13,15,16,17,18,19,23,24,25,26,27,I5,I6 : Answer to the transaction set
AK9 R 1 900 !715=A,E,M,P,R,W,X !97 !123 !2 ?716=1,2,3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26 ?716=1,2,3,4,5, \
    6,10,11,12,13,14,15,16,17,18,19,23,24,25,26 ?716=1,2,3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26 ?716=1,2, \
    3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26 ?716=1,2,3,4,5,6,10,11,12,13,14,15,16,17,18,19,23,24,25,26 : \
    Answer to the group
SE R 1 20000 !96 !329 : Transaction set trailer
"""

GUIDE = Guide("005010X231A1", "999", "FA", TABLE)
