"""The twelve toolchains: where each is found, and the commands that compile and run one program.

A program is one source file, called as its row says. `{tools}` stands for the folder of npm
packages, `{libraries}` for the libraries a program asked for, `{linked}` for the same with -l in
front. Compilers are kept at their least effort: programs are small, and most of the time goes into
compiling them. Knows no box.
"""

from dataclasses import dataclass

from neuroglot.base.errors import ConfigError

JAVA = "java -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
KOTLIN = "{tools}/node_modules/kotlin-compiler"
KOTLIN_JARS = ":".join(
    f"{KOTLIN}/lib/{name}.jar"
    for name in (
        *("kotlin-compiler", "kotlin-stdlib", "kotlin-reflect", "kotlin-script-runtime"),
        *("trove4j", "kotlinx-coroutines-core-jvm", "annotations-13.0"),
    )
)
KOTLIN_LIBRARY = f"{KOTLIN}/lib/kotlin-stdlib.jar"
NODE = "node --max-old-space-size=256 --require ./node_prelude.cjs p.js"
NPM = "npm install --prefix {tools} --save-exact"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One language's row.

    programs: what has to be on the path. version: a line of shell that tells it; least: the oldest
    that will do; remedy: how to get it. source: the name of the source file. run: how the program
    is run, beside it or its artifact.

    compile: a line of shell that makes the file `artifact`; with the program's libraries,
    compile_with_libraries, beside what prepare_libraries left in prepared.tar. driver: instead of
    compile, a file of `drivers/` and the command that runs it over many programs in turn.
    beside: a file of `drivers/` that stands beside the program when it runs.

    too_new: what the compiler says of a feature younger than itself; too_new_source: such features
    in a line of the source that it does not understand. syntax_error: what the program's
    own run says if it could not be read at all. silent_failure: what stands on stderr where a
    failed check neither ends the program nor changes its code.
    """

    language: str
    programs: tuple[str, ...]
    version: str
    least: str
    remedy: str
    source: str
    run: str
    artifact: str = ""
    compile: str = ""
    compile_with_libraries: str = ""
    prepare_libraries: str = ""
    driver: str = ""
    drive: str = ""
    beside: str = ""
    too_new: str = ""
    too_new_source: str = ""
    syntax_error: str = ""
    silent_failure: str = ""

    @property
    def needs_tools(self) -> bool:
        """Whether it stands, in part, in the folder of npm packages."""
        return "{tools}" in self.version


GO = "GO111MODULE=off GOPROXY=off GOPATH=/usr/share/gocode CGO_ENABLED=0"
GO_BUILD = (
    f"export {GO}; if grep -q '^func TestMain(' main.go; "
    "then mv main.go main_test.go && go test -c -vet=off -o p main_test.go; "
    "else go build -ldflags='-s -w' -o p main.go; fi"
)
GO_PREPARE = (
    '{ echo \'package main\'; for name in {libraries}; do echo "import _ \\"$name\\""; done; '
    f"echo 'func main() {{}}'; }} > main.go; export {GO}; "
    "go build -o p main.go && tar -C .cache -cf prepared.tar go-build"
)
RUSTC = "rustc --edition 2021 -C debuginfo=0 -C strip=symbols -A warnings -o p p.rs"
CARGO_PREPARE = (
    "mkdir -p crates/src crates/.cargo && cd crates && touch src/lib.rs && "
    'printf \'[source.crates-io]\\nreplace-with="debian"\\n[source.debian]\\n'
    'directory="/usr/share/cargo/registry"\\n[net]\\noffline=true\\n\' > .cargo/config.toml && '
    'printf \'[package]\\nname="crates"\\nversion="0.1.0"\\nedition="2021"\\n[dependencies]\\n\' '
    "> Cargo.toml && for name in {libraries}; do echo \"$name = '*'\" >> Cargo.toml; done && "
    "CARGO_PROFILE_DEV_DEBUG=0 cargo build --quiet --offline && "
    "tar -C target/debug -cf ../prepared.tar deps"
)
RUSTC_WITH_CRATES = (
    "tar xf prepared.tar && set -- && for name in {libraries}; "
    'do set -- "$@" --extern "$name=$(echo deps/lib$name-*.rlib)"; done; '
    f'{RUSTC} -L dependency=deps "$@"'
)

TOOLCHAINS: dict[str, Toolchain] = {
    row.language: row
    for row in (
        Toolchain(
            "python",
            programs=("python3",),
            version="python3 --version",
            least="3.9",
            remedy="apt-get install python3",
            source="p.py",
            run="python3 -I -B p.py",
            syntax_error=r"\A  File .*\n(.*\n)+(SyntaxError|IndentationError|TabError): ",
        ),
        Toolchain(
            "java",
            programs=("java", "javac"),
            version="javac -version",
            least="17",
            remedy="apt-get install openjdk-17-jdk-headless",
            source="Main.java",
            artifact="p.jar",
            driver="JavaBatch.java",
            drive=f"{JAVA} -Xmx768m JavaBatch.java",
            run=f"{JAVA} -Xmx256m -ea -cp p.jar Main",
            too_new=r"preview feature|not supported in -source",
        ),
        Toolchain(
            "c",
            programs=("gcc",),
            version="gcc -dumpfullversion",
            least="9",
            remedy="apt-get install gcc libc6-dev",
            source="p.c",
            artifact="p",
            compile="gcc -w -O0 -std=c17 -o p p.c -lm",
            compile_with_libraries="gcc -w -O0 -std=c17 -o p p.c -lm {linked}",
            run="./p",
        ),
        Toolchain(
            "cpp",
            programs=("g++",),
            version="g++ -dumpfullversion",
            least="9",
            remedy="apt-get install g++",
            source="p.cpp",
            artifact="p",
            compile="g++ -w -O0 -std=c++17 -o p p.cpp",
            compile_with_libraries="g++ -w -O0 -std=c++17 -o p p.cpp {linked}",
            run="./p",
            too_new=r"fatal error: (format|print|expected|generator|flat_map|mdspan|stdfloat): No ",
        ),
        Toolchain(
            "csharp",
            programs=("mcs", "mono"),
            version="mcs --version",
            least="6.8",
            remedy="apt-get install mono-mcs mono-runtime",
            source="p.cs",
            artifact="p.exe",
            compile="mcs -nologo -d:DEBUG -r:System.Numerics -r:System.Core -out:p.exe p.cs",
            # Debug.Assert is silent and harmless under mono, unless it is told where to complain.
            run="env MONO_TRACE_LISTENER=Console.Error mono p.exe",
            silent_failure=r"(?m:^Fail: |^---- DEBUG ASSERTION FAILED ----)",
            too_new=r"error CS1644: |Unexpected symbol `\(', expecting `,', `;', or `='",
            too_new_source=(
                r"[\w)\]\"] switch\b|\busing var\b|\bnew ?\(\)|\[\^|\?\?=|\.\.|\brecord\b"
                r"|\([\w<>\[\]]+( \w+)?, ?[\w<>\[\]]+( \w+)?\) \w+|\bis not\b|\binit;"
            ),
        ),
        Toolchain(
            "go",
            programs=("go",),
            version="go version",
            least="1.18",
            remedy="apt-get install golang-go",
            source="main.go",
            artifact="p",
            compile=GO_BUILD,
            compile_with_libraries=f"mkdir .cache && tar -C .cache -xf prepared.tar && {GO_BUILD}",
            prepare_libraries=GO_PREPARE,
            run="./p",
            too_new=(
                r"cannot find package \"(slices|maps|cmp|iter|unique|log/slog|math/rand/v2)\""
                r"|undefined: (min|max|clear)\b|cannot range over .* \(untyped int constant\)"
                r"|requires go1\.\d+ or later"
            ),
        ),
        Toolchain(
            "javascript",
            programs=("node",),
            version="node --version",
            least="18",
            remedy="apt-get install nodejs",
            source="p.js",
            beside="node_prelude.cjs",
            run=NODE,
            syntax_error=r"\A/\S*/p\.js:\d+\n(.*\n)*?SyntaxError: ",
        ),
        Toolchain(
            "typescript",
            programs=("node",),
            version="grep -m1 '\"version\"' {tools}/node_modules/typescript/package.json",
            least="5.0",
            remedy=f"{NPM} typescript@5.4.5 @types/node@20",
            source="p.ts",
            artifact="p.js",
            driver="typescript_batch.cjs",
            drive="node --max-old-space-size=1024 typescript_batch.cjs {tools}/node_modules",
            beside="node_prelude.cjs",
            run=NODE,
        ),
        Toolchain(
            "php",
            programs=("php",),
            version="php -n --version",
            least="8.2",
            remedy="apt-get install php-cli",
            source="p.php",
            run="php -n -d memory_limit=256M -d display_errors=stderr p.php",
            syntax_error=r"PHP Parse error: |\AParse error: ",
        ),
        Toolchain(
            "ruby",
            programs=("ruby",),
            version="ruby --version",
            least="3.0",
            remedy="apt-get install ruby",
            source="p.rb",
            run="ruby --disable-gems p.rb",
            syntax_error=r"\Ap\.rb: --> p\.rb\n|\Ap\.rb:(\d+: syntax error|.*\(SyntaxError\))",
        ),
        Toolchain(
            "rust",
            programs=("rustc",),
            version="rustc --version",
            least="1.63",
            remedy="apt-get install rustc",
            source="p.rs",
            artifact="p",
            compile=RUSTC,
            compile_with_libraries=RUSTC_WITH_CRATES,
            prepare_libraries=CARGO_PREPARE,
            run="./p",
            too_new=r"error\[E0658\]",
        ),
        Toolchain(
            "kotlin",
            programs=("java", "javac"),
            version="grep -m1 '\"version\"' {tools}/node_modules/kotlin-compiler/package.json",
            least="1.9",
            remedy=f"{NPM} kotlin-compiler@2.1.21",
            source="Main.kt",
            artifact="p.jar",
            driver="KotlinBatch.java",
            drive=f"{JAVA} -Xmx1g -cp {KOTLIN_JARS} KotlinBatch.java {KOTLIN_LIBRARY}",
            run=f"{JAVA} -Xmx256m -ea -cp p.jar:{KOTLIN_LIBRARY} MainKt",
            too_new=r"only available since Kotlin",
        ),
    )
}
"""Language id -> its row, of the twelve that programs are written in."""


def toolchain(language: str) -> Toolchain:
    """The row of a language. Raises ConfigError for one that programs are not written in."""
    if language not in TOOLCHAINS:
        known = ", ".join(TOOLCHAINS)
        raise ConfigError(f"no toolchain for {language!r}: programs are run in {known}")
    return TOOLCHAINS[language]
