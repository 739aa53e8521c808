package views

import (
	"strconv"
	"strings"

	"latchkey/i18n"
	"latchkey/password"
)

// Policy is a password policy in words, for the checklist, the tooltip and the browser's own generator.
type Policy struct {
	Section       string
	Lines         []string // what a password must be, one rule a line
	Checks        []Check
	MinLength     int
	Length        int // of generated passwords, in characters
	PasswordRules string
}

// Check is a line of the checklist, which a script judges while somebody types. Judged by the server only: Here false.
type Check struct {
	Rule password.Rule
	Want int
	Text string
	Here bool
}

// FirstPolicy puts the rules of composition into words, for an account that has no password yet.
func FirstPolicy(w i18n.Words, policy password.Policy) Policy {
	hints := policy.Hints()
	view := Policy{Section: string(policy.Section), MinLength: hints.MinLength, PasswordRules: hints.PasswordRules}
	view.Length = policy.EffectiveGeneratorOptions().Length
	for _, value := range policy.Composition() {
		view.add(w, value, value.Rule != password.RuleAllowedRegex)
	}
	return view
}

// NewPolicy puts the rules of composition and the history into words.
func NewPolicy(w i18n.Words, policy password.Policy) Policy {
	view := FirstPolicy(w, policy)
	if last := policy.History(); last > 0 {
		view.add(w, password.Value{Rule: password.RuleForbiddenLastPasswords, N: last, Active: true}, false)
	}
	return view
}

func (p *Policy) add(w i18n.Words, value password.Value, here bool) {
	text := RuleWords(w, value)
	p.Lines = append(p.Lines, text)
	p.Checks = append(p.Checks, Check{value.Rule, value.N, text, here})
}

// RuleWords says what a rule demands.
func RuleWords(w i18n.Words, value password.Value) string {
	id := "rule." + string(value.Rule)
	switch {
	case !value.Active:
		return w.T("off." + string(value.Rule))
	case value.Rule == password.RuleBlockingTimeInMin && value.N < 1:
		return w.T("rule.blockingTimeInMin.forever")
	case value.Rule == password.RuleAllowedRegexDescription:
		return w.T(id, "Text", value.Texts.In(w.Locale))
	case value.Rule == password.RuleAllowedRegex && value.Texts != password.Texts{}:
		return value.Texts.In(w.Locale)
	case value.Rule == password.RuleUserNameForbidden || value.Rule == password.RuleAllowedRegex:
		return w.T(id)
	default:
		return w.Count(id, value.N)
	}
}

// Figure is a rule's value as it stands in the file.
func Figure(value password.Value) string {
	switch value.Rule {
	case password.RuleUserNameForbidden:
		return strconv.FormatBool(value.On)
	case password.RuleAllowedRegex:
		return strconv.Quote(value.Text)
	case password.RuleAllowedRegexDescription:
		written, _ := value.Texts.MarshalJSON() // of texts: this cannot fail
		return strings.TrimSpace(string(written))
	default:
		return strconv.Itoa(value.N)
	}
}

// longFigure is how much fits beside a rule's words.
const longFigure = 12

// PolicyRules are all rules of a policy, those that are off too, as the policy page shows them.
func PolicyRules(w i18n.Words, policy password.Policy) (rules []PolicyRule) {
	for _, value := range policy.Values() {
		figure := Figure(value)
		rules = append(rules, PolicyRule{
			Name: string(value.Rule), Figure: figure, Words: RuleWords(w, value), Off: !value.Active, Long: len(figure) > longFigure, By: value.By,
		})
	}
	return rules
}

// Warnings say what cannot be promised of policies and what they allow but hardly mean, and where it stands.
func Warnings(w i18n.Words, policies password.Policies, doubts []password.Warning) (said []string) {
	for _, doubt := range doubts {
		said = append(said, doubtful(w, doubt))
	}
	for _, warning := range policies.Warnings() {
		said = append(said, Warning(w, warning))
	}
	return said
}

// Warning says what a policy allows but hardly means, and where it stands.
func Warning(w i18n.Words, warning password.Problem) string {
	warning.Why = w.T("warning." + string(warning.Rule))
	return warning.Error()
}

// Broken says in a sentence how a password breaks a rule.
func Broken(w i18n.Words, violation password.Violation) string {
	id := "broken." + string(violation.Rule)
	if form := violation.Texts.In(w.Locale); form != "" {
		return w.T("broken.allowedRegex.described", "Form", form)
	}
	if violation.Rule == password.RuleUserNameForbidden || violation.Rule == password.RuleAllowedRegex {
		return w.T(id)
	}
	return w.Count(id, violation.Want, "Got", violation.Got)
}

// NotProvable says why nothing can be proved about a policy; "" = all can.
func NotProvable(w i18n.Words, policy password.Policy) string {
	return notProvable(w, policy.NotProvable())
}

func notProvable(w i18n.Words, reason password.Reason) string {
	if reason == "" {
		return ""
	}
	return w.T("not-provable." + string(reason))
}

// NotGenerated says that no password could be generated under a policy.
func NotGenerated(w i18n.Words) string {
	return w.T("No password could be generated that keeps all of these rules. Whoever needs one has to type it, and perhaps there is none.")
}

// doubtful says what cannot be promised of a policy, and where that stands.
func doubtful(w i18n.Words, doubt password.Warning) string {
	where := doubt.Section
	if where.Why = notProvable(w, doubt.NotProvable); where.Why == "" {
		where.Why = NotGenerated(w)
	}
	return where.Error()
}

// Strength says how hard a generated password is to guess; "" = that is [password.Unknown].
func Strength(w i18n.Words, bits float64) string {
	if bits < 0 {
		return ""
	}
	return w.N("{{.N}} bit of entropy", "{{.N}} bits of entropy", int(bits))
}

// Suggestion is a password that was generated, only in the answer to the request that did so, and how hard it is to guess.
type Suggestion struct {
	Text     string
	Strength string // "" = not known
}

// Suggest puts a generated password into a form.
func Suggest(w i18n.Words, made password.Generated) Suggestion {
	if made.Text == "" {
		return Suggestion{}
	}
	return Suggestion{made.Text, Strength(w, made.Bits)}
}
