package words

import (
	"net/netip"
	"strconv"
	"strings"

	"latchkey/accounts"
	"latchkey/accounts/lockout"
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

// Warnings lists what policies allow but hardly intend and what could not be verified, with file and line.
func Warnings(w i18n.Words, policies password.Policies, doubts []password.Warning) (lines []string) {
	for _, doubt := range doubts {
		where := doubt.Section
		if where.Why = NotProvable(w, doubt.NotProvable); where.Why == "" {
			where.Why = NotGenerated(w)
		}
		lines = append(lines, where.Error())
	}
	for _, warning := range policies.Warnings() {
		warning.Why = w.T("warning." + i18n.Msg(warning.Rule))
		lines = append(lines, warning.Error())
	}
	return lines
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

// PolicySource names where the active policies come from.
func PolicySource(p Printer, policies password.Policies) string {
	switch {
	case policies.Source == "":
		return p.T("This is the built-in policy. A file passwordpolicy.json replaces it.")
	case p.Reader.IsSuperAdmin():
		return p.T("Read from {{.File}}. After a change, reload it with SIGHUP.", "File", policies.Source)
	default:
		return p.T("Read from {{.File}}.", "File", sourceFile(p, policies))
	}
}

// VersionSource names where a policy version came from.
func VersionSource(p Printer, version models.PolicyVersion) string {
	if version.Source == "" {
		return p.T("built in")
	}
	return version.Source
}

// SignInRules lists what limits guessing and ends sessions besides the password policy, a sentence each. Only SuperAdmins
// see the networks.
func SignInRules(p Printer, s accounts.Settings) []string {
	devices := p.T("Browsers are not distinguished: guessing blocks the owner too.")
	if s.DeviceCookies {
		devices = p.T("A browser is trusted for {{.Days}} after a sign-in. Trusted browsers have their own attempts, so guessing blocks unknown browsers only, never the owner's. Resetting the password or requiring a change clears them.",
			"Days", p.Amount(lockout.DeviceLife))
	}
	block := p.T("The number of blocks is not limited.")
	if s.AttemptsCap > 0 {
		block = p.N("After {{.N}} failed attempt in a row from unknown browsers an account stays blocked for them until an operator unblocks it or resets the password.",
			"After {{.N}} failed attempts in a row from unknown browsers an account stays blocked for them until an operator unblocks it or resets the password.", s.AttemptsCap)
	}
	rate := p.T("Failed attempts per IP address are not limited.")
	if s.SignInRate > 0 {
		rate = p.N("Each IP address is allowed {{.N}} failed attempt per minute (burst of {{.Burst}}). Successful attempts do not count.",
			"Each IP address is allowed {{.N}} failed attempts per minute (burst of {{.Burst}}). Successful attempts do not count.", s.SignInRate, "Burst", 2*s.SignInRate)
	}
	rules := []string{devices, block, rate,
		p.T("Sessions end after {{.Max}}, or after {{.Idle}} without use.", "Max", p.Amount(s.SessionMax), "Idle", p.Amount(s.SessionIdle))}
	if s.OneSession {
		rules = append(rules, p.T("Signing in ends the account's other sessions."))
	}
	if p.Reader.IsSuperAdmin() && len(s.Dashboard) > 0 {
		rules = append(rules, p.T("These pages are open to {{.Networks}} only.", "Networks", list(s.Dashboard)))
	}
	if p.Reader.IsSuperAdmin() && len(s.SuperAdmins) > 0 {
		rules = append(rules, p.T("SuperAdmins may sign in and act from {{.Networks}} only.", "Networks", list(s.SuperAdmins)))
	}
	return append(rules, p.T("One-time passwords expire after {{.Time}}. The user must choose their own at the first sign-in.", "Time", p.Amount(s.OneTimeValid)))
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
