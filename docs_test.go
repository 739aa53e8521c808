package latchkey_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// A document is a Markdown file of the root or of docs.
type document struct {
	path    string
	text    string // without code
	anchors []string
}

var (
	fenced    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inCode    = regexp.MustCompile("`[^`\n]+`")
	links     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	headings  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	named     = regexp.MustCompile(`<a id="([^"]+)">`)
	elsewhere = regexp.MustCompile(`^[a-z]+:`) // a link to another site
	taskRow   = regexp.MustCompile("(?m)^\\| `task( [^`]*)?` \\|")
	taskNames = regexp.MustCompile(`(?m)^  ([a-z][a-z:-]*):$`)
	testNames = regexp.MustCompile(`(?:\b([a-z]+)\.)?\b((?:Test|Fuzz)[A-Z]\w*)`)
	testFuncs = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
	inFolder  = regexp.MustCompile(`^ *([a-z]+): ((?:Test|Fuzz)[A-Z]\w*(?:, (?:Test|Fuzz)[A-Z]\w*)*) *$`)
	filePaths = regexp.MustCompile("`((?:[a-z]+/)+[a-z_0-9]+\\.(?:go|js|templ))`")
	logRow    = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\|$")
)

func TestDocsLinkToExistingPages(t *testing.T) {
	all := documents(t)
	for _, d := range all {
		for _, target := range d.targets() {
			if err := checkLink(all, target); err != nil {
				t.Errorf("%s: %v", d.path, err)
			}
		}
	}
}

// `task screenshots` takes the pictures; one that no page shows would become outdated unnoticed.
func TestDocsShowEveryScreenshot(t *testing.T) {
	var shown []string
	for _, d := range documents(t) {
		shown = append(shown, d.targets()...)
	}
	for _, name := range []string{
		"overview", "overview-dark", "accounts", "account", "create", "policy", "mail", "accounts-phone", "reset-phone", "reset",
	} {
		path := "docs/screenshots/" + name + ".png"
		if !slices.Contains(shown, path) {
			t.Errorf("no page shows %s", path)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", path, err)
		}
	}
	taken, err := filepath.Glob("docs/screenshots/*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range taken {
		if !slices.Contains(shown, filepath.ToSlash(path)) {
			t.Errorf("no page shows %s", path)
		}
	}
}

func TestContributingListsEveryTask(t *testing.T) {
	_, list, found := strings.Cut(read(t, "Taskfile.yml"), "\ntasks:\n")
	if !found {
		t.Fatal("Taskfile.yml has no tasks")
	}
	want := map[string]bool{}
	for _, match := range taskNames.FindAllStringSubmatch(list, -1) {
		want[match[1]] = true
	}
	got := map[string]bool{}
	for _, match := range taskRow.FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1) {
		name := "default"
		if words := strings.Fields(match[1]); len(words) > 0 {
			name = words[0]
		}
		got[name] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("CONTRIBUTING.md lists %v,\nTaskfile.yml has %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// The table of packages in CONTRIBUTING.md has each package once, with files to read first that exist.
func TestContributingListsEveryPackage(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "CONTRIBUTING.md"), "| package | contains | read first |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var listed []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		names := inCode.FindAllString(cells[1], -1)
		for i, name := range names {
			names[i] = strings.Trim(name, "`")
		}
		listed = append(listed, names...)
		for _, file := range inCode.FindAllString(cells[len(cells)-2], -1) {
			file = strings.Trim(file, "`")
			if !slices.ContainsFunc(names, func(name string) bool { _, err := os.Stat(filepath.Join(name, file)); return err == nil }) {
				t.Errorf("CONTRIBUTING.md: no package of %s has %s", names, file)
			}
		}
	}
	for _, layer := range importLayers {
		if layer.name == "" {
			continue
		}
		if !slices.Contains(listed, layer.name) {
			t.Errorf("CONTRIBUTING.md does not list the package %s", layer.name)
		}
		listed = slices.DeleteFunc(listed, func(name string) bool { return name == layer.name })
	}
	if len(listed) > 0 {
		t.Errorf("CONTRIBUTING.md lists packages that do not exist: %s", listed)
	}
}

// A document that names a test as proof must not outlive it.
func TestDocsNameExistingTests(t *testing.T) {
	folders := testFolders(t)
	for path := range documents(t) {
		for _, match := range testNames.FindAllStringSubmatch(read(t, path), -1) {
			folder, name := match[1], match[2]
			if found := folders[name]; len(found) == 0 || folder != "" && !slices.Contains(found, folder) {
				t.Errorf("%s names %s, which is in %q", path, match[0], found)
			}
		}
	}
}

// Each row of docs/abuse.md names at least one test, each with its package: "accounts: TestA, TestB; web: TestC".
func TestAbuseCasesNameTheirTests(t *testing.T) {
	folders, rows := testFolders(t), 0
	for line := range strings.Lines(read(t, "docs/abuse.md")) {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "| ") || cells[1] == " case " {
			continue
		}
		rows++
		if len(cells) != 5 {
			t.Errorf("%d cells, want 3: %s", len(cells)-2, line)
			continue
		}
		for part := range strings.SplitSeq(cells[3], ";") {
			match := inFolder.FindStringSubmatch(part)
			if match == nil {
				t.Errorf("%q names no tests with their package, in the row %s", part, line)
				continue
			}
			for name := range strings.SplitSeq(match[2], ", ") {
				if !slices.Contains(folders[name], match[1]) {
					t.Errorf("%s: %s is in %q, not in %s", strings.TrimSpace(cells[1]), name, folders[name], match[1])
				}
			}
		}
	}
	if rows < 50 {
		t.Errorf("%d rows were read", rows)
	}
}

func TestDocsNameExistingFiles(t *testing.T) {
	for path := range documents(t) {
		for _, match := range filePaths.FindAllStringSubmatch(read(t, path), -1) {
			if _, err := os.Stat(match[1]); err != nil {
				t.Errorf("%s names %s, which does not exist", path, match[1])
			}
		}
	}
}

// Operators search the log for the messages in docs/operating.md.
func TestDocsNameExistingLogMessages(t *testing.T) {
	var code bytes.Buffer
	for path := range files(t, ".go") {
		if !strings.HasSuffix(path, "_test.go") {
			code.WriteString(read(t, path))
		}
	}
	_, section, _ := strings.Cut(read(t, "docs/operating.md"), "\n## Log\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := logRow.FindAllStringSubmatch(section, -1)
	for _, row := range rows {
		if !bytes.Contains(code.Bytes(), []byte(`"`+row[1])) {
			t.Errorf("docs/operating.md explains the log message %q, which does not exist", row[1])
		}
	}
	if len(rows) < 10 {
		t.Errorf("%d log messages were read", len(rows))
	}
}

// The catalogues have a sentence for every code; see TestEveryLanguageIsComplete.
func TestDocsListEveryErrorCode(t *testing.T) {
	var catalogue map[string]any
	if err := yaml.Unmarshal([]byte(read(t, "i18n/en.yaml")), &catalogue); err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(read(t, "docs/contract.md"), "## Error codes")
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\| (.*?) ?\\| ").FindAllStringSubmatch(table, -1) {
		documented[row[1]] = row[2]
	}
	for id, sentence := range catalogue {
		code, ok := strings.CutPrefix(id, "error.")
		if !ok {
			continue
		}
		parameters, known := documented[code]
		if !known {
			t.Errorf("docs/contract.md lacks the code %s", code)
		}
		for _, place := range regexp.MustCompile(`{{\.(\w+)}}`).FindAllStringSubmatch(fmt.Sprint(sentence), -1) {
			if !strings.Contains(parameters, "`"+place[1]+"`") {
				t.Errorf("docs/contract.md: %s lacks the parameter %s", code, place[1])
			}
		}
		delete(documented, code)
	}
	for code := range documented {
		t.Errorf("docs/contract.md: there is no code %s", code)
	}
}

func TestDocsStayShort(t *testing.T) {
	const readme, docs, decision = 8_000, 185_000, 40 // bytes, bytes with the README, lines
	sum := 0
	for path := range documents(t) {
		text := read(t, path)
		if path == "README.md" || strings.HasPrefix(path, "docs/") {
			sum += len(text)
		}
		if lines := strings.Count(text, "\n"); strings.HasPrefix(path, "docs/decisions/") && lines > decision {
			t.Errorf("%s has %d lines, at most %d are allowed", path, lines, decision)
		}
	}
	if size := len(read(t, "README.md")); size > readme {
		t.Errorf("README.md has %d bytes, at most %d are allowed", size, readme)
	}
	if sum > docs {
		t.Errorf("README.md and docs/ have %d bytes, at most %d are allowed", sum, docs)
	}
}

// testFolders maps each test to the last parts of the folders that have one of its name.
func testFolders(t *testing.T) map[string][]string {
	t.Helper()
	folders := map[string][]string{}
	for path := range files(t, ".go") {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, match := range testFuncs.FindAllStringSubmatch(read(t, path), -1) {
			folders[match[1]] = append(folders[match[1]], filepath.Base(filepath.Dir(path)))
		}
	}
	return folders
}

func documents(t *testing.T) map[string]document {
	t.Helper()
	all := map[string]document{}
	for path := range files(t, ".md") {
		path = filepath.ToSlash(path)
		if strings.Contains(path, "/") && !strings.HasPrefix(path, "docs/") {
			continue
		}
		text := fenced.ReplaceAllString(read(t, path), "")
		all[path] = document{path, inCode.ReplaceAllString(text, ""), anchors(text)}
	}
	return all
}

// files returns the module's own files with one of these extensions, by their path from the root.
func files(t *testing.T, extensions ...string) map[string]fs.DirEntry {
	t.Helper()
	found := map[string]fs.DirEntry{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (notOurs(path, entry.Name()) || path == "third_party"):
			return filepath.SkipDir
		case !entry.IsDir() && slices.Contains(extensions, filepath.Ext(path)):
			found[path] = entry
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// targets returns the linked files with their anchors, as paths from the root.
func (d document) targets() (targets []string) {
	for _, match := range links.FindAllStringSubmatch(d.text, -1) {
		switch target := match[1]; {
		case elsewhere.MatchString(target):
		case strings.HasPrefix(target, "#"):
			targets = append(targets, d.path+target)
		default:
			targets = append(targets, filepath.ToSlash(filepath.Join(filepath.Dir(d.path), target)))
		}
	}
	return targets
}

// checkLink returns an error if the target of a link does not exist.
func checkLink(all map[string]document, target string) error {
	path, anchor, anchored := strings.Cut(target, "#")
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("link to %s, which does not exist", path)
	}
	if anchored && !slices.Contains(all[path].anchors, anchor) {
		return fmt.Errorf("link to %s, which has no heading #%s", path, anchor)
	}
	return nil
}

// anchors returns the anchors of the headings as GitHub makes them, and those written by hand.
func anchors(text string) (names []string) {
	for _, match := range headings.FindAllStringSubmatch(text, -1) {
		name := anchorOf(match[1])
		again := name
		for n := 1; slices.Contains(names, again); n++ {
			again = fmt.Sprintf("%s-%d", name, n)
		}
		names = append(names, again)
	}
	for _, match := range named.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}

func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, strings.TrimSpace(heading))
}
