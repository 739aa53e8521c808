import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.regex.*;

/**
 * Writes what java.util.regex says of the patterns in java.tsv. Run in this directory, with any JDK from 11 on:
 *
 *   java JavaMatches.java < java.tsv > new.tsv
 *
 * The first line holds the inputs. Each of the others is a pattern and its verdicts, one sign an input (1 = matches, as
 * Matcher.matches() does; the single word error = does not compile), which are written anew. Fields are divided by tabs;
 * ␊ ␍ ␉ stand for line feed, carriage return and tab.
 */
public class JavaMatches {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        String header = in.readLine();
        String[] inputs = header.split("\t", -1);
        out.print(header + "\n");
        for (String line; (line = in.readLine()) != null; ) {
            String pattern = line.split("\t", -1)[0];
            out.print(pattern + "\t" + verdicts(plain(pattern), inputs) + "\n");
        }
        out.flush();
    }

    static String verdicts(String pattern, String[] inputs) {
        StringBuilder signs = new StringBuilder();
        try {
            Pattern compiled = Pattern.compile(pattern);
            for (String input : inputs) signs.append(compiled.matcher(plain(input)).matches() ? '1' : '0');
        } catch (PatternSyntaxException e) {
            return "error";
        }
        return signs.toString();
    }

    static String plain(String s) {
        return s.replace('␊', '\n').replace('␍', '\r').replace('␉', '\t');
    }
}
