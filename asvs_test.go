package latchkey_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	// A row is about one requirement (7.2.1) or several (7.3.1–2).
	requirementRow = regexp.MustCompile(`(?m)^\| (\d+)\.(\d+)\.(\d+)(?:–(\d+))? \| [123] \| [^|]+ \| ([a-z/ ]+) \| (.+) \|$`)
	sumRow         = regexp.MustCompile(`(?m)^\| (?:V(\d+) [^|]*|together) \| (\d+) \| (\d+) \| (\d+) \|$`)
	verdicts       = []string{"met", "not met", "n/a"}
	// fullSections are the sections of the chapters that are covered as a whole, with their number of requirements.
	fullSections = map[string]int{
		"6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
		"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
		"8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
		"12.1": 5, "12.2": 2, "12.3": 5,
	}
)

// A requirement counts as met only if its row names a test, code or a page.
func TestASVSRequirementsHaveOneVerdict(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range requirementRow.FindAllStringSubmatch(read(t, "docs/asvs.md"), -1) {
		first, last := requirements(t, row)
		for n := first; n <= last; n++ {
			number := fmt.Sprintf("%s.%s.%d", row[1], row[2], n)
			if seen[number] {
				t.Errorf("%s has two rows", number)
			}
			seen[number] = true
		}
		number, verdict, why := row[1]+"."+row[2]+"."+row[3], row[5], row[6]
		if !slices.Contains(verdicts, verdict) {
			t.Errorf("%s: %q is no verdict", number, verdict)
		}
		evidence := testNames.MatchString(why) || strings.Contains(why, "`") || strings.Contains(why, "](") || strings.HasPrefix(why, "as ")
		if verdict == "met" && !evidence {
			t.Errorf("%s is met without evidence", number)
		}
	}
	for section, count := range fullSections {
		for n := range count {
			if number := fmt.Sprintf("%s.%d", section, n+1); !seen[number] {
				t.Errorf("%s is missing", number)
			}
		}
	}
}

func TestASVSSumsMatchTheRows(t *testing.T) {
	text, want := read(t, "docs/asvs.md"), map[string][3]int{}
	for _, row := range requirementRow.FindAllStringSubmatch(text, -1) {
		first, last := requirements(t, row)
		for _, chapter := range []string{row[1], ""} { // "" is the sum of all chapters
			sums := want[chapter]
			sums[slices.Index(verdicts, row[5])] += last - first + 1
			want[chapter] = sums
		}
	}
	rows := sumRow.FindAllStringSubmatch(text, -1)
	if len(rows) != len(want) {
		t.Errorf("%d sums for %d chapters and their total", len(rows), len(want)-1)
	}
	for _, row := range rows {
		if want, got := fmt.Sprint(want[row[1]][0], want[row[1]][1], want[row[1]][2]), strings.Join(row[2:], " "); got != want {
			t.Errorf("V%s: the sums are %s, want %s", row[1], got, want)
		}
	}
}

// requirements returns the numbers of the first and the last requirement of a match of requirementRow, within their section.
func requirements(t *testing.T, row []string) (first, last int) {
	t.Helper()
	first, err := strconv.Atoi(row[3])
	if err != nil {
		t.Fatal(err)
	}
	if row[4] == "" {
		return first, first
	}
	last, err = strconv.Atoi(row[4])
	if err != nil || last <= first {
		t.Fatalf("%s is no range: %v", row[0], err)
	}
	return first, last
}
