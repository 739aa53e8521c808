package words

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/policy"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/password"
)

// Policy is a password policy for the checklist, the tooltip and the browser's own generator.
type Policy struct {
	Section       string
	Lines         []string // what a password must be, one rule a line
	Checks        []Check
	MinLength     int
	Length        int // of generated passwords, in characters
	PasswordRules string
}

// Check is a line of the checklist. Here is false if only the server can check it.
type Check struct {
	Rule password.Rule
	Want int
	Text string
	Here bool
}

// FirstPolicy describes the rules of composition, for an account that has no password yet.
func FirstPolicy(w i18n.Words, policy password.Policy) Policy {
	hints := policy.Hints()
	view := Policy{Section: string(policy.Section), MinLength: hints.MinLength, PasswordRules: hints.PasswordRules}
	view.Length = policy.EffectiveGeneratorOptions().Length
	for _, value := range policy.Composition() {
		view.add(w, value, value.Rule != password.RuleAllowedRegex)
	}
	return view
}

// NewPolicy describes the rules of composition and the history.
func NewPolicy(w i18n.Words, policy password.Policy) Policy {
	view := FirstPolicy(w, policy)
	if last := policy.History(); last > 0 {
		view.add(w, password.Value{Rule: password.RuleForbiddenLastPasswords, N: last, Active: true}, false)
	}
	return view
}

func (p *Policy) add(w i18n.Words, value password.Value, here bool) {
	text := Rule(w, value)
	p.Lines = append(p.Lines, text)
	p.Checks = append(p.Checks, Check{value.Rule, value.N, text, here})
}

// Rule describes a rule.
func Rule(w i18n.Words, value password.Value) string {
	id := "rule." + i18n.Msg(value.Rule)
	switch {
	case !value.Active:
		return w.T("off." + i18n.Msg(value.Rule))
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

// Figure returns a rule's value as in the file.
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

// RuleChange is a changed rule, before and after: as sentences with figures, which are "" if the words contain them, and as values
// next to the rule's label.
type RuleChange struct {
	Name                   string
	AsIs, Then             string
	AsIsFigure, ThenFigure string
	Label                  string
	Old, New               PolicyCell
	Direction              password.Direction
}

// RuleChanges describes changes of rules.
func RuleChanges(w i18n.Words, changes []password.Change) []RuleChange {
	figure := func(value password.Value) string {
		if value.Active && (value.Text != "" || value.Texts != password.Texts{}) {
			return Figure(value)
		}
		return ""
	}
	rules := make([]RuleChange, len(changes))
	for i, change := range changes {
		rules[i] = RuleChange{
			Name: string(change.New.Rule), AsIs: Rule(w, change.Old), Then: Rule(w, change.New), Direction: change.Direction,
			AsIsFigure: figure(change.Old), ThenFigure: figure(change.New),
			Label: RuleLabel(w, change.New.Rule), Old: policyCell(w, change.Old), New: policyCell(w, change.New),
		}
	}
	return rules
}

// PolicyWarning is what a policy allows but hardly intends, or what could not be verified about it.
type PolicyWarning struct {
	Policy string // its name in words
	Place  string // file, line and key
	Why    string
}

// String returns one line for a terminal.
func (w PolicyWarning) String() string { return w.Place + ": " + w.Why }

// Warnings lists what policies allow but hardly intend and what could not be verified.
func Warnings(w i18n.Words, policies password.Policies, doubts []password.Warning) (all []PolicyWarning) {
	add := func(where password.Problem, why string) {
		where.Why = ""
		all = append(all, PolicyWarning{SectionName(w, where.Section), strings.TrimSuffix(where.Error(), ": "), why})
	}
	for _, doubt := range doubts {
		why := NotProvable(w, doubt.NotProvable)
		if why == "" {
			why = NotGenerated(w)
		}
		add(doubt.Section, why)
	}
	for _, warning := range policies.Warnings() {
		add(warning, w.T("warning."+i18n.Msg(warning.Rule)))
	}
	return all
}

// NotProvable explains why a policy could not be verified; "" = it was.
func NotProvable(w i18n.Words, reason password.Reason) string {
	if reason == "" {
		return ""
	}
	return w.T("not-provable." + i18n.Msg(reason))
}

// NotGenerated explains that no password could be generated under a policy.
func NotGenerated(w i18n.Words) string {
	return w.T("No password that meets all of these rules could be generated. Passwords must be typed; there may be no valid one.")
}

// Strength shows how hard a generated password is to guess; "" = that is [password.Unknown].
func Strength(w i18n.Words, bits float64) string {
	if bits < 0 {
		return ""
	}
	return w.N("{{.N}} bit of entropy", "{{.N}} bits of entropy", int(bits))
}

// Suggestion is a generated password and its strength, only in the answer to the request that generated it.
type Suggestion struct {
	Text     string
	Strength string // "" = not known
}

// Suggest describes a generated password.
func Suggest(w i18n.Words, made password.Generated) Suggestion {
	if made.Text == "" {
		return Suggestion{}
	}
	return Suggestion{made.Text, Strength(w, made.Bits)}
}

// PolicyAudience names the accounts that a section applies to, if its name does not. SuperAdmins can have a section of their own.
func PolicyAudience(p Printer, section password.Section, ownForSuperAdmins bool) string {
	switch {
	case section != password.SectionAccount:
		return ""
	case ownForSuperAdmins:
		return p.T("Organizations and customers")
	default:
		return p.T("SuperAdmins, organizations and customers")
	}
}

// PolicySource describes the active policies: their version, where they come from, and since when they apply. Version 0 and the
// zero time are not known.
func PolicySource(p Printer, policies password.Policies, version int, since time.Time) string {
	var facts []string
	if version > 0 {
		facts = append(facts, p.T("Version {{.N}}", "N", version))
	}
	if policies.Source == "" {
		facts = append(facts, p.T("built in"))
	} else {
		facts = append(facts, sourceFile(p, policies))
	}
	if !since.IsZero() {
		facts = append(facts, p.T("since {{.Time}}", "Time", p.Date(since)))
	}
	return strings.Join(facts, " · ")
}

// VersionSource names where a policy version came from.
func VersionSource(p Printer, version models.PolicyVersion) string {
	if version.Source == "" {
		return p.T("built in")
	}
	return version.Source
}

// SignInRules lists what limits guessing and ends sessions besides the password policy. Only SuperAdmins see the networks.
func SignInRules(p Printer, s accounts.Settings) []Fact {
	off := p.T("Off")
	devices := Fact{Label: p.T("Trusted browser"), Text: off, Note: p.T("Guessing blocks the owner too.")}
	if s.DeviceCookies {
		devices.Text, devices.Note = p.Amount(s.DeviceLife), p.T("Guessing blocks other browsers only.")
	}
	block := Fact{Label: p.T("Blocked until unblocked"), Text: off}
	if s.AttemptsCap > 0 {
		block.Text = p.N("after {{.N}} failed attempt", "after {{.N}} failed attempts", s.AttemptsCap)
	}
	rate := Fact{Label: p.T("Limit per IP address"), Text: off}
	if s.SignInRate > 0 {
		rate.Text = p.T("{{.N}} per minute, burst {{.Burst}}", "N", s.SignInRate, "Burst", 2*s.SignInRate)
	}
	session := Fact{Label: p.T("Session"), Text: p.Amount(s.SessionMax)}
	if s.SessionIdle < s.SessionMax {
		session.Text = p.T("{{.Max}}, {{.Idle}} if idle", "Max", p.Amount(s.SessionMax), "Idle", p.Amount(s.SessionIdle))
	}
	if s.OneSession {
		session.Note = p.T("A sign-in ends the others.")
	}
	facts := []Fact{devices, block, rate, session, {Label: p.T("One-time password"), Text: p.Amount(s.OneTimeValid)}}
	if p.Reader.IsSuperAdmin() && len(s.Dashboard) > 0 {
		facts = append(facts, Fact{Label: p.T("Networks"), Text: list(s.Dashboard)})
	}
	if p.Reader.IsSuperAdmin() && len(s.SuperAdmins) > 0 {
		facts = append(facts, Fact{Label: p.T("Networks of SuperAdmins"), Text: list(s.SuperAdmins)})
	}
	return facts
}

func list(networks []netip.Prefix) string {
	texts := make([]string, len(networks))
	for i, network := range networks {
		texts[i] = network.String()
	}
	return strings.Join(texts, ", ")
}

// PreviewFigure is a number of a policy preview.
type PreviewFigure struct {
	Label, Hint string
	Count       int
	Urgent      bool
}

// PreviewFigures returns the numbers of a policy preview.
func PreviewFigures(p Printer, preview policy.Preview) []PreviewFigure {
	now := func(count int) string { return p.T("Now: {{.N}}", "N", p.Number(int64(count))) }
	return []PreviewFigure{
		{Label: p.T("Expire at once"), Hint: p.T("Passwords that are still valid now"), Count: preview.Expire, Urgent: true},
		{Label: p.T("No longer expired"), Hint: p.T("Passwords that have expired now"), Count: preview.Revive},
		{Label: p.T("Reminders today"), Hint: now(preview.AsIs.Reminders), Count: preview.Mails.Reminders},
		{Label: p.T("Expiry e-mails today"), Hint: now(preview.AsIs.Expirations), Count: preview.Mails.Expirations},
	}
}
