package latchkey_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	asked     = regexp.MustCompile(`(?m)^\| (\d+)\.(\d+)\.(\d+) \| ([123]) \| [^|]+ \| ([a-z ]+) \| (.+) \|$`)
	together  = regexp.MustCompile(`(?m)^\| (?:\[V(\d+) [^|]*|together) \| (\d+) \| (\d+) \| (\d+) \|$`)
	verdicts  = []string{"met", "not met", "does not apply"}
	wholeOnes = map[string]int{ // sections of the chapters that are told whole, and how many requirements each has
		"6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
		"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2,
		"8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
		"12.1": 5, "12.2": 2, "12.3": 5,
	}
)

// Each requirement is told once, with a verdict; none is met by a claim alone.
func TestASVSIsAnswered(t *testing.T) {
	told := map[string]bool{}
	for _, row := range asked.FindAllStringSubmatch(read(t, "docs/asvs.md"), -1) {
		number, verdict, why := row[1]+"."+row[2]+"."+row[3], row[5], row[6]
		if told[number] {
			t.Errorf("%s is told twice", number)
		}
		told[number] = true
		if !slices.Contains(verdicts, verdict) {
			t.Errorf("%s: %q is no verdict", number, verdict)
		}
		if verdict == "met" && !strings.Contains(why, "`") && !strings.Contains(why, "](") && !strings.HasPrefix(why, "as ") {
			t.Errorf("%s is said to be met, and nothing is pointed at", number)
		}
	}
	for section, count := range wholeOnes {
		for n := range count {
			if number := fmt.Sprintf("%s.%d", section, n+1); !told[number] {
				t.Errorf("%s is not told", number)
			}
		}
	}
}

// The sums on top are those of the rows.
func TestASVSIsCounted(t *testing.T) {
	text, want := read(t, "docs/asvs.md"), map[string][3]int{}
	for _, row := range asked.FindAllStringSubmatch(text, -1) {
		for _, chapter := range []string{row[1], ""} { // "" is all of them
			sums := want[chapter]
			sums[slices.Index(verdicts, row[5])]++
			want[chapter] = sums
		}
	}
	rows := together.FindAllStringSubmatch(text, -1)
	if len(rows) != len(want) {
		t.Errorf("%d sums for %d chapters and all", len(rows), len(want)-1)
	}
	for _, row := range rows {
		if got := fmt.Sprint(want[row[1]][0], want[row[1]][1], want[row[1]][2]); got != strings.Join(row[2:], " ") {
			t.Errorf("V%s: the sums are %s, said is %s", row[1], got, strings.Join(row[2:], " "))
		}
	}
}
