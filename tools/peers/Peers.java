import com.berryworks.edireader.EDIReader;
import com.imsweb.x12.reader.X12Reader;
import io.xlate.edi.stream.EDIInputFactory;
import io.xlate.edi.stream.EDIStreamEvent;
import io.xlate.edi.stream.EDIStreamReader;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.xml.sax.InputSource;
import org.xml.sax.helpers.DefaultHandler;

/** Has one peer read files: `java -cp … Peers.java PEER FILE…`. One line each: the file's name, a tab, what it found. */
class Peers {
    private static final Pattern GROUP = Pattern.compile("~GS\\*[^~]*\\*X\\*005010(X\\d{3})");
    private static final Map<String, X12Reader.FileType> MAPS = Map.of(
            "X221", X12Reader.FileType.ANSI835_5010_X221,
            "X222", X12Reader.FileType.ANSI837_5010_X222,
            "X223", X12Reader.FileType.ANSI837_5010_X223,
            "X231", X12Reader.FileType.ANSI837_5010_X231,
            "X214", X12Reader.FileType.ANSI837_5010_X214);

    public static void main(String[] arguments) {
        for (String file : List.of(arguments).subList(1, arguments.length)) {
            String found;
            try {
                found = judged(arguments[0], Path.of(file));
            } catch (Exception | Error failure) {
                found = failure.getClass().getSimpleName() + ": " + failure.getMessage();
            }
            System.out.println(Path.of(file).getFileName() + "\t" + found.replaceAll("\\s+", " "));
        }
    }

    private static String judged(String peer, Path file) throws Exception {
        return switch (peer) {
            case "staedi" -> staedi(file);
            case "x12-parser" -> imsweb(file);
            case "edireader" -> edireader(file);
            case "verapdf" -> verapdf(file);
            default -> throw new IllegalArgumentException(peer);
        };
    }

    private static String staedi(Path file) throws Exception {
        try (InputStream stream = new FileInputStream(file.toFile())) {
            EDIStreamReader reader = EDIInputFactory.newFactory().createEDIStreamReader(stream);
            while (reader.hasNext()) {
                EDIStreamEvent event = reader.next();
                if (event.isError()) {
                    return reader.getErrorType() + " at " + reader.getLocation();
                }
            }
        }
        return "";
    }

    private static String imsweb(Path file) throws Exception {
        Matcher group = GROUP.matcher(Files.readString(file));
        X12Reader.FileType type = group.find() ? MAPS.get(group.group(1)) : null;
        if (type == null) {
            return "has no map for it";
        }
        X12Reader reader = new X12Reader(type, file.toFile());
        return String.join("; ", reader.getFatalErrors()) + String.join("; ", reader.getErrors());
    }

    private static String edireader(Path file) throws Exception {
        var reader = new EDIReader();
        reader.setContentHandler(new DefaultHandler());
        reader.parse(new InputSource(Files.newBufferedReader(file)));
        return "";
    }

    private static String verapdf(Path file) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        try (var parser = Foundries.defaultInstance().createParser(file.toFile(), PDFAFlavour.PDFUA_1);
                var validator = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFUA_1, false)) {
            var result = validator.validate(parser);
            return result.isCompliant() ? "" : result.getTestAssertions().get(0).getMessage();
        }
    }
}
