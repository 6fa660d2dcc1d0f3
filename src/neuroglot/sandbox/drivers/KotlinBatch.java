import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/**
 * Compiles many programs in turn, each by a call of its own; the first argument is the standard
 * library's jar. stdin: a count, then the sources; stdout: for each a status (1: compiled), its
 * messages and a jar. Numbers have four bytes, texts and jars their length in front.
 */
public class KotlinBatch {
    public static void main(String[] arguments) throws IOException {
        DataOutputStream answers = new DataOutputStream(System.out);
        System.setOut(System.err);
        // Without it every call takes the compiler's environment down and sets it up again.
        System.setProperty("kotlin.environment.keepalive", "true");
        DataInputStream asked = new DataInputStream(System.in);
        for (int left = asked.readInt(); left > 0; left--) {
            answer(answers, asked.readNBytes(asked.readInt()), arguments[0]);
        }
        answers.flush();
        System.exit(0);
    }

    private static void answer(DataOutputStream answers, byte[] source, String library)
            throws IOException {
        Path jar = Path.of("p.jar");
        Path file = Files.write(Path.of("Main.kt"), source);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        boolean compiled = false;
        try (PrintStream said = new PrintStream(messages, true, StandardCharsets.UTF_8)) {
            compiled = ExitCode.OK == new K2JVMCompiler().exec(said, "-no-stdlib", "-no-reflect",
                    "-nowarn", "-cp", library, "-d", jar.toString(), file.toString());
        } catch (StackOverflowError | RuntimeException error) {
            messages.writeBytes(("the compiler failed: " + error).getBytes(StandardCharsets.UTF_8));
        }
        byte[] content = compiled ? Files.readAllBytes(jar) : new byte[0];
        answers.writeInt(compiled ? 1 : 0);
        answers.writeInt(messages.size());
        messages.writeTo(answers);
        answers.writeInt(content.length);
        answers.write(content);
        answers.flush();
        Files.delete(file);
        Files.deleteIfExists(jar);
    }
}
