package latchkey_test

import (
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
)

// A paper is what people read: the Markdown files of the root and of docs.
type paper struct {
	path    string
	text    string // without what stands in code
	anchors []string
}

var (
	fenced    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	inCode    = regexp.MustCompile("`[^`\n]+`")
	links     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	headings  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	named     = regexp.MustCompile(`<a id="([^"]+)">`)
	elsewhere = regexp.MustCompile(`^[a-z]+:`) // a link to another site
	tasked    = regexp.MustCompile("(?m)^\\| `task( [^`]*)?` \\|")
	testNames = regexp.MustCompile(`(?:\b([a-z]+)\.)?\b((?:Test|Fuzz)[A-Z]\w*)`)
	testFuncs = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w*)\(`)
	tasks     = regexp.MustCompile(`(?m)^  ([a-z][a-z:-]*):$`)
)

func TestPapersLeadSomewhere(t *testing.T) {
	all := papers(t)
	for _, p := range all {
		for _, target := range p.targets() {
			if err := leads(all, target); err != nil {
				t.Errorf("%s: %v", p.path, err)
			}
		}
	}
}

// The pictures are taken by `task screenshots`; one that no paper shows would grow old unseen.
func TestPapersShowEveryPicture(t *testing.T) {
	var shown []string
	for _, p := range papers(t) {
		shown = append(shown, p.targets()...)
	}
	for _, name := range []string{
		"overview", "overview-dark", "accounts", "account", "create", "policy", "mail", "accounts-phone", "reset-phone", "reset",
	} {
		path := "docs/screenshots/" + name + ".png"
		if !slices.Contains(shown, path) {
			t.Errorf("no paper shows %s", path)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s is not there, or empty: %v", path, err)
		}
	}
	taken, err := filepath.Glob("docs/screenshots/*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range taken {
		if !slices.Contains(shown, filepath.ToSlash(path)) {
			t.Errorf("no paper shows %s", path)
		}
	}
}

// TestPapersNameEveryTask: the table in CONTRIBUTING.md has the tasks of Taskfile.yml, all of them and no others.
func TestPapersNameEveryTask(t *testing.T) {
	_, list, found := strings.Cut(read(t, "Taskfile.yml"), "\ntasks:\n")
	if !found {
		t.Fatal("Taskfile.yml has no tasks")
	}
	there := map[string]bool{}
	for _, match := range tasks.FindAllStringSubmatch(list, -1) {
		there[match[1]] = true
	}
	told := map[string]bool{}
	for _, match := range tasked.FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1) {
		name := "default"
		if words := strings.Fields(match[1]); len(words) > 0 {
			name = words[0]
		}
		told[name] = true
	}
	if !maps.Equal(there, told) {
		t.Errorf("Taskfile.yml has %v,\nthe table in CONTRIBUTING.md %v", slices.Sorted(maps.Keys(there)), slices.Sorted(maps.Keys(told)))
	}
}

// Papers name tests as what they promise: one that was renamed, or is gone, would promise nothing.
func TestPapersNameTestsThatExist(t *testing.T) {
	there := testsByName(t)
	for path := range papers(t) {
		for _, match := range testNames.FindAllStringSubmatch(read(t, path), -1) {
			folder, name := match[1], match[2]
			if folders := there[name]; len(folders) == 0 || folder != "" && !slices.Contains(folders, folder) {
				t.Errorf("%s names %s, which stands in %q", path, match[0], folders)
			}
		}
	}
}

// TestEveryFaultHasATest: each row of docs/abuse.md names one at least.
func TestEveryFaultHasATest(t *testing.T) {
	rows := 0
	for line := range strings.Lines(read(t, "docs/abuse.md")) {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "| ") || cells[1] == " fault " {
			continue
		}
		if rows++; len(cells) != 5 || !testNames.MatchString(cells[3]) {
			t.Errorf("no test is named by the row %s", line)
		}
	}
	if rows < 20 {
		t.Errorf("%d rows were read", rows)
	}
}

// testsByName are the last parts of the folders in which a test stands.
func testsByName(t *testing.T) map[string][]string {
	t.Helper()
	there := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && notOurs(path, entry.Name()):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			for _, match := range testFuncs.FindAllStringSubmatch(read(t, path), -1) {
				there[match[1]] = append(there[match[1]], filepath.Base(filepath.Dir(path)))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func papers(t *testing.T) map[string]paper {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]paper{}
	for _, path := range paths {
		path = filepath.ToSlash(path)
		text := fenced.ReplaceAllString(read(t, path), "")
		all[path] = paper{path, inCode.ReplaceAllString(text, ""), anchors(text)}
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// targets are the files that a paper links, as paths from the root, with their anchors.
func (p paper) targets() (targets []string) {
	for _, match := range links.FindAllStringSubmatch(p.text, -1) {
		switch target := match[1]; {
		case elsewhere.MatchString(target):
		case strings.HasPrefix(target, "#"):
			targets = append(targets, p.path+target)
		default:
			targets = append(targets, filepath.ToSlash(filepath.Join(filepath.Dir(p.path), target)))
		}
	}
	return targets
}

// leads says why a link leads nowhere; nil = it does lead somewhere.
func leads(all map[string]paper, target string) error {
	path, anchor, anchored := strings.Cut(target, "#")
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("a link leads to %s, which is not there", path)
	}
	if anchored && !slices.Contains(all[path].anchors, anchor) {
		return fmt.Errorf("a link leads to %s, which has no heading #%s", path, anchor)
	}
	return nil
}

// anchors are the names of a paper's headings, made as GitHub makes them, and those that are given by hand.
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
