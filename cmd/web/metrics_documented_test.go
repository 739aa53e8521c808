package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/internal/testsmtp"
	"latchkey/models"
)

var (
	typed      = regexp.MustCompile(`(?m)^# TYPE (\w+) (\w+)$`)
	metricName = regexp.MustCompile(`\blatchkey_\w+`)
)

// TestEveryMetricIsDocumented: docs/operating.md lists the metrics of the running program, and no others. The same holds for the
// alerting rules.
func TestEveryMetricIsDocumented(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.args = append(p.args, "--smtp", testsmtp.NewSink(t).URL())
	r, address := p.scraped()
	r.visitors(t, 1).get(t.Context(), "/sign-in", "")
	_, text := scrape(t, address)
	exported := map[string]bool{}
	for _, line := range typed.FindAllStringSubmatch(text, -1) {
		for _, name := range namesOf(line[1], line[2]) {
			exported[name] = strings.HasPrefix(name, "latchkey_")
		}
	}
	_, section, _ := strings.Cut(file(t, "../../docs/operating.md"), "\n## Metrics\n")
	section, _, _ = strings.Cut(section, "\n## ")
	documented := namesIn(section)
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		if exported[name] && !slices.Contains(documented, base(name)) {
			t.Errorf("docs/operating.md does not list %s", name)
		}
	}
	for _, value := range selected(file(t, "../../deploy/prometheus-alerts.yml")) {
		if !strings.Contains(text, value) {
			t.Errorf("the rules use %s, which the program never exports", value)
		}
	}
	rules := namesIn(file(t, "../../deploy/prometheus-alerts.yml"))
	for _, name := range slices.Concat(documented, rules, namesIn(file(t, "../../deploy/prometheus-alerts.test.yml"))) {
		if !exported[name] {
			t.Errorf("the documentation or the alerts name %s, which the program does not export", name)
		}
	}
	if len(documented) < 20 || len(rules) < 9 {
		t.Errorf("%d metrics were read from the documentation, %d from the rules", len(documented), len(rules))
	}
}

// selector is a part of a question that chooses by a label of ours whose values are there from the start.
var selector = regexp.MustCompile(`\b(name|outcome|state)=~?"([^"]*)"`)

// selected returns the labels with their values that a text chooses by.
func selected(text string) (pairs []string) {
	for _, match := range selector.FindAllStringSubmatch(text, -1) {
		for value := range strings.SplitSeq(match[2], "|") {
			pairs = append(pairs, match[1]+`="`+value+`"`)
		}
	}
	return pairs
}

// namesOf returns the names that a metric goes by in questions.
func namesOf(name, kind string) []string {
	if kind != "histogram" {
		return []string{name}
	}
	return []string{name, name + "_bucket", name + "_count", name + "_sum"}
}

// base returns a metric's name without what a histogram adds.
func base(name string) string {
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return name
}

// namesIn returns the metrics that a text names. A name with an ellipsis behind it stands for several.
func namesIn(text string) []string {
	return metricName.FindAllString(regexp.MustCompile(`latchkey_\w+…`).ReplaceAllString(text, ""), -1)
}

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
