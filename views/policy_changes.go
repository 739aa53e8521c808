package views

import (
	"math"

	"latchkey/i18n"
	"latchkey/password"
)

// RuleChange is a rule that a preview is about, as it is and as it would be. The figures are "" where the words say all.
type RuleChange struct {
	Name                   string
	AsIs, Then             string
	AsIsFigure, ThenFigure string
	Direction              password.Direction
}

// SectionChanges are the changes of one policy.
type SectionChanges struct {
	Name, ForWhom string
	Rules         []RuleChange
}

// RuleChanges puts changes into words.
func RuleChanges(w i18n.Words, changes []password.Change) []RuleChange {
	rules := make([]RuleChange, len(changes))
	for i, change := range changes {
		rules[i] = RuleChange{
			Name: string(change.New.Rule), AsIs: RuleWords(w, change.Old), Then: RuleWords(w, change.New), Direction: change.Direction,
			AsIsFigure: wordless(change.Old), ThenFigure: wordless(change.New),
		}
	}
	return rules
}

// wordless is the figure of a rule whose words do not hold it.
func wordless(value password.Value) string {
	if value.Active && (value.Text != "" || value.Texts != password.Texts{}) {
		return Figure(value)
	}
	return ""
}

// PreviewChart shows the passwords that expire on each day under policies that are not in force, beside those that are.
func PreviewChart(f Frame, then, asIs []Bar) Chart {
	chart := Chart{
		Title: f.T("Passwords that expire, by day"), When: f.T("Day"), What: f.T("With this policy"), Bars: then, Most: math.MaxInt,
		Beside: asIs, WhatBeside: f.T("As it is now"),
		Empty: f.T("No password expires in the next 90 days, with this policy or without."),
	}
	sum, _ := chart.sum()
	sumAsIs, _ := Chart{Bars: asIs, Most: math.MaxInt}.sum()
	chart.Summary = f.N("{{.N}} password expires in the next 90 days, beside those that do at once; {{.AsIs}} as it is now.",
		"{{.N}} passwords expire in the next 90 days, beside those that do at once; {{.AsIs}} as it is now.", sum, "AsIs", f.Number(int64(sumAsIs)))
	return chart
}
