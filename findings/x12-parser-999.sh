#!/usr/bin/env bash
# com.imsweb:x12-parser 1.13 (Maven Central) misses the AK9 of every 999 that has one.
#
# AK9, the group response trailer, is the last segment but one of a 999 (005010X231A1): after it only SE follows. The
# library says of this valid file "AK9 in loop HEADER is required but not found". Needs Java 17 and Maven.
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
	'ISA*00*          *00*          *ZZ*RECEIVER       *ZZ*SENDER         *261120*1500*^*00501*000000008*0*T*:~' \
	'GS*FA*RECEIVER*SENDER*20261120*150000*8*X*005010X231A1~' \
	'ST*999*0001*005010X231A1~' \
	'AK1*HC*1*005010X222A1~' \
	'AK2*837*0001*005010X222A1~' \
	'IK5*A~' \
	'AK9*A*1*1*1~' \
	'SE*6*0001~' \
	'GE*1*8~' \
	'IEA*1*000000008~' > 999.x12
cat > Read.java <<'JAVA'
import com.imsweb.x12.reader.X12Reader;
import java.io.File;

class Read {
    public static void main(String[] arguments) throws Exception {
        X12Reader reader = new X12Reader(X12Reader.FileType.ANSI837_5010_X231, new File("999.x12"));
        System.out.println("fatal errors: " + reader.getFatalErrors());
        System.out.println("errors: " + reader.getErrors());
    }
}
JAVA
java -cp "lib/*" Read.java | tee said
grep -qx 'fatal errors: \[\]' said
grep -qx 'errors: \[AK9 in loop HEADER is required but not found\]' said ||
	{ echo "the behavior has changed" >&2; exit 1; }
