"""The data elements guides are made of: number, type, least and greatest length, and what people call it.

Types: AN text, ID code, N0 whole number, R decimal number, DT day (CCYYMMDD), TM time (HHMM and finer).
Source: the base standard's dictionary as found in the map files of pyx12 4.0.0 (BSD), names in our own words. Ours is
the length of 785: a document must find room in one segment (`tokenizer.MAX_SEGMENT_LENGTH`).
"""

from dataclasses import dataclass

_TABLE = """
2 N0 1 6 number of accepted sets
19 AN 2 30 city
26 ID 2 3 country code
28 N0 1 9 group control number
66 ID 1 2 identifier qualifier
67 AN 2 80 identifier
81 R 1 10 weight
93 AN 1 60 name
96 N0 1 10 number of segments
97 N0 1 6 number of sets
98 ID 2 3 entity code
100 ID 3 3 currency code
116 ID 3 15 postal code
118 R 1 9 rate
123 N0 1 6 number of received sets
126 AN 1 35 object identifier
127 AN 1 50 reference number
128 ID 2 3 reference qualifier
143 ID 3 3 transaction set identifier
156 ID 2 2 state code
166 AN 1 55 street address
234 AN 1 48 procedure or product code
235 ID 2 2 procedure code qualifier
305 ID 1 2 transaction handling code
306 ID 1 2 action code
309 ID 1 2 location qualifier
310 AN 1 30 location identifier
329 AN 4 9 control number
332 R 1 6 percent, decimal format
337 TM 4 8 time
338 R 1 6 terms discount percent
350 AN 1 20 assigned identifier
352 AN 1 80 description
353 ID 2 2 transaction set purpose code
355 ID 2 2 unit of measure
363 ID 3 3 note reference code
364 AN 1 256 communication number
365 ID 2 2 communication qualifier
366 ID 2 2 contact function code
373 DT 8 8 date
374 ID 3 3 date qualifier
380 R 1 15 quantity
426 ID 2 2 provider adjustment reason code
429 AN 1 16 check number
447 AN 1 4 loop identifier
449 AN 1 80 fixed format information
478 ID 1 1 credit or debit flag
479 ID 2 2 functional identifier code
480 AN 1 12 guide or version
481 ID 1 2 trace type code
506 ID 2 2 bank identifier qualifier
507 AN 3 12 bank identifier
508 AN 1 35 account number
509 AN 10 10 company identifier
510 AN 9 9 company supplemental code
522 ID 1 3 amount qualifier code
554 N0 1 6 line number
569 ID 1 3 account qualifier
584 ID 2 2 employment status code
591 ID 3 3 payment method
594 ID 1 1 frequency code
609 N0 1 9 count
615 ID 1 2 time period qualifier
616 N0 1 3 number of periods
618 ID 1 3 fault of the transaction set
620 ID 1 3 fault of the segment
621 ID 1 3 fault of the element
628 AN 1 12 hierarchical number
640 ID 2 2 transaction type code
673 ID 2 2 quantity qualifier
678 ID 1 2 delivery pattern code
679 ID 1 1 delivery time code
706 ID 2 2 entity relationship code
715 ID 1 1 answer to the group
716 ID 1 3 fault of the group
717 ID 1 1 answer to the transaction set
719 N0 1 10 segment position
721 ID 2 3 segment identifier
722 N0 1 2 element position
724 AN 1 99 faulty value
725 N0 1 4 data element number
734 AN 1 12 hierarchical parent number
735 ID 1 2 hierarchical level code
736 ID 1 1 hierarchical child code
737 ID 2 2 measurement reference id code
738 ID 1 3 measurement qualifier
739 R 1 20 measurement value
755 ID 2 2 report type code
756 ID 1 2 report transmission code
782 R 1 18 amount
784 N0 1 15 length of binary data
785 AN 1 65000 binary data
799 AN 1 30 version identifier
812 ID 1 10 payment format
875 ID 3 3 maintenance type code
889 ID 1 1 follow-up action code
901 ID 2 2 reject reason code
923 ID 1 1 prognosis code
933 AN 1 264 message text
954 R 1 10 percentage as decimal
1005 ID 4 4 hierarchical structure code
1028 AN 1 38 patient control number
1029 ID 1 2 claim status code
1032 ID 1 2 claim filing indicator
1033 ID 1 2 claim adjustment group code
1034 ID 1 5 claim adjustment reason code
1035 AN 1 60 last or organization name
1036 AN 1 35 first name
1037 AN 1 25 middle name
1038 AN 1 10 name prefix
1039 AN 1 10 name suffix
1065 ID 1 1 entity type
1068 ID 1 1 sex code
1069 ID 2 2 relationship code
1073 ID 1 1 yes or no code
1136 ID 2 2 code category
1137 AN 1 15 medical code
1138 ID 1 1 payer responsibility code
1166 ID 2 2 contract type code
1167 R 1 6 sampling interval
1201 ID 1 1 information status code
1203 ID 2 3 maintenance reason code
1204 AN 1 50 plan coverage description
1207 ID 3 3 coverage level code
1213 ID 1 1 state of health code
1221 ID 1 3 provider code
1250 ID 2 3 date format
1251 AN 1 35 date
1270 ID 1 3 code list qualifier
1271 AN 1 30 code
1314 ID 1 1 admission source code
1315 ID 1 1 admission type code
1316 ID 1 1 ambulance transport code
1317 ID 1 1 ambulance transport reason code
1321 ID 2 3 condition indicator
1322 ID 1 1 certification type code
1325 ID 1 1 claim frequency code
1327 ID 1 1 copay status code
1328 N0 1 2 diagnosis pointer
1331 AN 1 2 place of service code
1332 ID 1 2 facility code qualifier
1336 ID 1 3 insurance type code
1337 ID 1 1 level of care code
1338 ID 1 3 level of service code
1339 AN 2 2 modifier
1342 ID 1 1 nature of condition code
1345 ID 1 1 nursing home status code
1348 ID 1 1 oxygen equipment code
1349 ID 1 1 oxygen test condition code
1350 ID 1 1 oxygen test finding code
1351 ID 1 1 patient signature source code
1352 ID 1 2 patient status code
1354 ID 1 4 diagnosis related group (DRG)
1358 ID 1 1 prosthesis code
1359 ID 1 1 provider accept assignment code
1361 ID 1 3 oral cavity code
1362 ID 2 3 related-causes code
1363 ID 1 1 release of information code
1365 ID 1 2 service type code
1366 ID 2 3 special program code
1367 ID 2 3 vertebra code
1369 ID 1 2 tooth surface code
1371 R 1 10 unit rate
1382 ID 1 1 oxygen delivery code
1384 ID 1 1 patient location code
1390 ID 1 2 eligibility or benefit code
1470 N0 1 9 number
1473 ID 2 2 pricing methodology
1514 ID 1 2 delay reason code
1525 ID 1 2 request category code
1526 ID 1 2 policy compliance code
1527 ID 1 2 exception code
1528 N0 1 2 component position
1570 ID 3 3 encoding
1595 ID 1 1 government service affiliation code
1596 ID 2 2 military service rank code
1686 N0 1 4 repetition
1705 AN 1 35 guide identifier
1715 ID 1 3 country subdivision code
1914 ID 1 3 object type code
9998 AN 1 35 context value
9999 AN 1 35 context name
"""


@dataclass(slots=True, frozen=True)
class DataElement:
    """One entry of the dictionary. Lengths are in characters, or in digits for numbers."""

    number: str
    type: str
    least: int
    greatest: int
    label: str


def _read(line: str) -> DataElement:
    number, kind, least, greatest, label = line.split(" ", 4)
    return DataElement(number, kind, int(least), int(greatest), label)


DATA_ELEMENTS = {element.number: element for element in map(_read, _TABLE.strip().splitlines())}
