#!/usr/bin/env bash
# com.imsweb:x12-parser 1.13 (Maven Central) takes one HI segment in an institutional claim, and calls a second too many.
#
# In an 837I (005010X223A2) each kind of code has an HI segment of its own at the same place: principal diagnosis,
# admitting diagnosis, occurrences, values and so on. The library has them all in its map, but counts them together
# against the limit of the first, which is one: this claim with a principal diagnosis and an occurrence is told "HI in
# loop 2300 appears too many times". Without the occurrence it is accepted. Needs Java 17 and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'XML'
<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies><dependency><groupId>com.imsweb</groupId><artifactId>x12-parser</artifactId><version>1.13</version></dependency></dependencies></project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
printf '%s' \
	'ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*0930*^*00501*000000001*0*T*:~' \
	'GS*HC*SENDER*RECEIVER*20261120*0930*1*X*005010X223A2~' \
	'ST*837*0001*005010X223A2~' \
	'BHT*0019*00*1*20261120*0930*CH~' \
	'NM1*41*2*RIVERSIDE HOSPITAL*****46*SENDER~' \
	'PER*IC*EDI DESK*TE*8005550142~' \
	'NM1*40*2*MERIDIAN MEDICARE*****46*RECEIVER~' \
	'HL*1**20*1~' \
	'NM1*85*2*RIVERSIDE HOSPITAL*****XX*1234567893~' \
	'N3*529 BLUEBIRD COURT~' \
	'N4*LANTERNVILLE*KY*428810324~' \
	'REF*EI*001000001~' \
	'HL*2*1*22*0~' \
	'SBR*P*18*******MA~' \
	'NM1*IL*1*PEBBLEWICK*HARLOWEN****MI*1EG4TE5MK73~' \
	'N3*507 MILL POND STREET~' \
	'N4*LANTERNVILLE*KY*428942336~' \
	'DMG*D8*19530516*M~' \
	'NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~' \
	'CLM*PAN1*92***13:A:1**A*Y*Y~' \
	'DTP*434*RD8*20261110-20261110~' \
	'CL1*3*1*01~' \
	'HI*ABK:N390~' \
	'HI*BH:11:D8:20261101~' \
	'NM1*71*1*WILLOWMARCH*ALDORA****XX*1234567893~' \
	'LX*1~' \
	'SV2*0301*HC:85025*92*UN*1~' \
	'DTP*472*D8*20261110~' \
	'SE*27*0001~' \
	'GE*1*1~' \
	'IEA*1*000000001~' > two.x12
sed -e 's/HI\*BH:11:D8:20261101~//' -e 's/SE\*27/SE*26/' two.x12 > one.x12
cat > Read.java <<'JAVA'
import com.imsweb.x12.reader.X12Reader;
import java.io.File;

class Read {
    public static void main(String[] arguments) throws Exception {
        for (String name : new String[] {"one", "two"}) {
            X12Reader reader = new X12Reader(X12Reader.FileType.ANSI837_5010_X223, new File(name + ".x12"));
            System.out.println(name + ": " + reader.getFatalErrors() + " " + reader.getErrors());
        }
    }
}
JAVA
java -cp "lib/*" Read.java | tee said
grep -qx 'one: \[\] \[\]' said
grep -qx 'two: \[\] \[HI in loop 2300 appears too many times\]' said ||
	{ echo "the behavior has changed" >&2; exit 1; }
