import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles many programs in turn, each as a task of its own. stdin: a count, then the sources;
 * stdout: for each a status (1: compiled), its messages and a jar. Numbers have four bytes, texts
 * and jars their length in front.
 */
public class JavaBatch {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final List<String> OPTIONS = List.of("-proc:none", "-nowarn");

    public static void main(String[] arguments) throws IOException {
        DataOutputStream answers = new DataOutputStream(System.out);
        System.setOut(System.err);
        DataInputStream asked = new DataInputStream(System.in);
        JavaFileManager files = COMPILER.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        for (int left = asked.readInt(); left > 0; left--) {
            String source = new String(asked.readNBytes(asked.readInt()), StandardCharsets.UTF_8);
            answer(answers, files, source);
        }
    }

    private static void answer(DataOutputStream answers, JavaFileManager files, String source)
            throws IOException {
        Classes classes = new Classes(files);
        StringWriter messages = new StringWriter();
        boolean compiled = false;
        try {
            compiled = COMPILER.getTask(messages, classes, null, OPTIONS, null,
                    List.of(new Source(source))).call();
        } catch (StackOverflowError | RuntimeException error) {
            messages.write("the compiler failed: " + error);
        }
        write(answers, compiled, messages.toString(), compiled ? classes.jar() : new byte[0]);
    }

    private static void write(DataOutputStream answers, boolean compiled, String messages, byte[] jar)
            throws IOException {
        byte[] said = messages.getBytes(StandardCharsets.UTF_8);
        answers.writeInt(compiled ? 1 : 0);
        answers.writeInt(said.length);
        answers.write(said);
        answers.writeInt(jar.length);
        answers.write(jar);
        answers.flush();
    }

    private static class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Main.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** What one task writes, kept in memory. */
    private static class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> contents = new TreeMap<>();

        Classes(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            String entry = name.replace('.', '/') + kind.extension;
            return new SimpleJavaFileObject(URI.create("string:///" + entry), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream content = new ByteArrayOutputStream();
                    contents.put(entry, content);
                    return content;
                }
            };
        }

        byte[] jar() throws IOException {
            ByteArrayOutputStream jar = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(jar)) {
                for (Map.Entry<String, ByteArrayOutputStream> each : contents.entrySet()) {
                    zip.putNextEntry(new ZipEntry(each.getKey()));
                    zip.write(each.getValue().toByteArray());
                }
            }
            return jar.toByteArray();
        }
    }
}
