package words

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/lockout"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/password"
)

// Account is an account with the policy and the dates that apply to it.
type Account struct {
	models.Account
	State    models.State
	Policies password.Policies
	Policy   password.Policy // that applies to the account
	Settings accounts.Settings
	Expires  *time.Time // when the password expires; nil = never
	Reminds  *time.Time // when the reminder is due; nil = none is
	Lapses   *time.Time // when the one-time password expires; nil = not a one-time password
}

// Why explains the account's state in a sentence or two.
func Why(p Printer, a Account) string {
	switch {
	case a.Builtin():
		return p.T("Customers without an organization belong here. It has no password and cannot sign in.")
	case a.State == models.Blacklisted:
		return whyBlocked(p, a)
	case a.State == models.Expired && a.Technical:
		return p.N("The password expired on {{.Time}}: the policy allows {{.N}} day. Only an operator can reset it.",
			"The password expired on {{.Time}}: the policy allows {{.N}} days. Only an operator can reset it.",
			a.Policy.PasswordExpirationInDays, "Time", p.Day(*a.Expires))
	case a.State == models.Expired:
		return p.N("The password expired on {{.Time}}: the policy allows {{.N}} day. The user must choose a new one at the next sign-in.",
			"The password expired on {{.Time}}: the policy allows {{.N}} days. The user must choose a new one at the next sign-in.",
			a.Policy.PasswordExpirationInDays, "Time", p.Day(*a.Expires))
	case a.State == models.OneTimeLapsed:
		return p.T("The one-time password set on {{.Set}} expired unused on {{.Time}}. Reset the password.",
			"Set", p.Day(*a.PasswordSetAt), "Time", p.Day(*a.Lapses))
	case a.State == models.OneTimeWaiting:
		return p.T("A one-time password was set on {{.Set}}. The user must choose their own at the first sign-in.", "Set", p.Day(*a.PasswordSetAt))
	case a.State == models.Disabled:
		return p.T("Disabled by an operator on {{.Time}}. The account cannot sign in.", "Time", p.Day(*a.DisabledAt))
	case a.State == models.MustChange:
		return p.T("An operator requires a new password. The user must choose one at the next click or sign-in.")
	case a.State == models.NoPassword:
		return p.T("The account has no password and cannot sign in until an operator sets one.")
	case a.Technical:
		return p.T("The password is valid. Technical accounts cannot sign in here.")
	case a.Expires != nil:
		return p.T("The account can sign in. Its password is valid until {{.Time}}.", "Time", p.Day(*a.Expires))
	default:
		return p.T("The account can sign in. Its password does not expire.")
	}
}

func whyBlocked(p Printer, a Account) string {
	if a.BlockedUntil != nil {
		return p.N("Blocked until {{.Until}} after {{.N}} failed sign-in. Even the correct password is refused.",
			"Blocked until {{.Until}} after {{.N}} failed sign-ins. Even the correct password is refused.",
			a.FailedAttempts, "Until", p.Day(*a.BlockedUntil))
	}
	failed := a.FailedAttempts
	if most := a.Settings.AttemptsCap; most > 0 && a.FailedInRow >= most {
		failed = a.FailedInRow
	}
	return p.N("Blocked since {{.Since}} after {{.N}} failed sign-in, until an operator unblocks it.",
		"Blocked since {{.Since}} after {{.N}} failed sign-ins, until an operator unblocks it.", failed, "Since", p.Day(*a.BlockedAt))
}

// WhyOwn explains to the reader how long their own password is valid.
func WhyOwn(p Printer, a Account) string {
	switch {
	case a.Expires == nil:
		return p.T("Your password does not expire.")
	case a.Expires.After(p.Now):
		return p.T("Your password is valid until {{.Time}}.", "Time", p.Day(*a.Expires))
	default:
		return p.T("Your password expired on {{.Time}}. You must choose a new one at your next sign-in.", "Time", p.Day(*a.Expires))
	}
}

// Step is something that will happen to an account: at a time, or when something else happens.
type Step struct {
	At         *time.Time
	When, What string
}

// Next lists what will happen to the account if no operator acts, the earliest first.
func Next(p Printer, a Account) (steps []Step) {
	at := func(when time.Time, what string) { steps = append(steps, Step{At: &when, What: what}) }
	if a.BlockedUntil != nil && a.State == models.Blacklisted {
		at(*a.BlockedUntil, p.T("The block ends and the count of failed attempts starts at 0."))
	}
	if a.Lapses != nil && a.Lapses.After(p.Now) {
		at(*a.Lapses, p.T("The one-time password expires if it was not used."))
	}
	if a.Expires != nil && a.PasswordHash != "" && a.Expires.After(p.Now) {
		if a.Reminds != nil && a.ExpiryNotice == models.NotNotified && a.DisabledAt == nil {
			at(*a.Reminds, reminder(p, a))
		}
		at(*a.Expires, expiry(p, a))
	}
	slices.SortStableFunc(steps, func(x, y Step) int { return x.At.Compare(*y.At) })
	for i, step := range steps {
		if !step.At.After(p.Now) { // a mail that the next sweep queues
			steps[i] = Step{When: p.T("Now"), What: step.What}
		}
	}
	if mustChoose := []models.State{models.OneTimeWaiting, models.MustChange, models.Expired}; slices.Contains(mustChoose, a.State) && !a.Technical {
		steps = append([]Step{{When: p.T("At the next sign-in"), What: p.T("A new password must be chosen.")}}, steps...)
	}
	return steps
}

func reminder(p Printer, a Account) string {
	if p.Capturing {
		return p.T("Reminder to {{.To}} (not sent: no mail server).", "To", Isolate(a.Email))
	}
	return p.T("Reminder to {{.To}}.", "To", Isolate(a.Email))
}

// expiry returns what the end of the password means. The owner of a disabled account gets no mail.
func expiry(p Printer, a Account) string {
	switch {
	case a.DisabledAt != nil:
		return p.T("The password expires. No e-mail is sent while the account is disabled.")
	case a.Technical && p.Capturing:
		return p.T("The password expires. Only an operator can reset it.")
	case a.Technical:
		return p.T("The password expires and an e-mail is sent. Only an operator can reset it.")
	case p.Capturing:
		return p.T("The password expires. A new one must be chosen at the next sign-in.")
	default:
		return p.T("The password expires and an e-mail is sent. A new one must be chosen at the next sign-in.")
	}
}

// Fact is a label with a time, a text of several lines, or else a text. Note is a remark below it. The URLs lead to more.
type Fact struct {
	Label, Text, URL string
	Lines            string
	At               *time.Time
	Note, NoteURL    string
}

// Related is what the facts of an account say about others: the organization that a customer belongs to, the customers of an
// organization, the policy version under which the password was set (nil = unknown), and trusted browsers. Links may be "".
type Related struct {
	Organization, OrganizationURL string
	CustomersURL                  string
	Version                       *models.PolicyVersion
	VersionURL                    string
	Devices                       lockout.Devices
}

// Facts returns the facts at the top of an account's page.
func Facts(p Printer, a Account, related Related) (facts []Fact) {
	facts = personFacts(p, a.Account)
	if a.Note != "" && p.Reader != nil && p.Reader.ID != a.ID {
		facts = append(facts, Fact{Label: p.T("Note"), Lines: a.Note})
	}
	if a.OrganizationID != nil {
		facts = append(facts, Fact{Label: p.T("Organization"), Text: Isolate(related.Organization), URL: related.OrganizationURL})
	}
	if related.CustomersURL != "" {
		facts = append(facts, Fact{Label: p.T("Customers"), Text: p.T("Show customers"), URL: related.CustomersURL})
	}
	if a.Builtin() {
		return facts
	}
	set := passwordFact(p, a.Account)
	switch version := related.Version; {
	case set.At == nil:
	case version == nil:
		set.Note = p.T("policy version unknown")
	default:
		set.Note = p.T("under policy version {{.N}}, active since {{.Time}}", "N", version.Number, "Time", p.Day(version.InForceFrom))
		set.NoteURL = related.VersionURL
	}
	facts = append(facts,
		Fact{Label: p.T("Language"), Text: Language(p, a.Locale)},
		Fact{Label: p.T("Created"), At: &a.CreatedAt},
		set,
		Fact{Label: p.T("Last sign-in"), Text: p.T("never"), At: a.LastSignInAt})
	if a.FailedAttempts > 0 || a.FailedInRow > 0 {
		facts = append(facts, Fact{Label: p.T("Failed attempts"), Text: failures(p, a)})
	}
	if !a.Technical && a.Settings.DeviceCookies {
		browsers := p.Number(int64(related.Devices.Known))
		if related.Devices.UsedUp {
			browsers += ", " + p.T("no attempts left")
		}
		facts = append(facts, Fact{Label: p.T("Trusted browsers"), Text: browsers})
	}
	return facts
}

// OwnFacts returns the facts on the reader's own page; organization is the name of theirs.
func OwnFacts(p Printer, a models.Account, organization string) []Fact {
	facts := personFacts(p, a)
	if a.OrganizationID != nil {
		facts = append(facts, Fact{Label: p.T("Organization"), Text: Isolate(organization)})
	}
	return append(facts, passwordFact(p, a))
}

// personFacts returns what is known of the person, without the note.
func personFacts(p Printer, a models.Account) (facts []Fact) {
	for _, fact := range []Fact{
		{Label: p.T("Display name"), Text: a.DisplayName}, {Label: p.T("E-mail"), Text: a.Email},
		{Label: p.T("Phone"), Text: a.Phone}, {Label: p.T("External ID"), Text: a.ExternalID},
	} {
		if fact.Text != "" {
			fact.Text = Isolate(fact.Text)
			facts = append(facts, fact)
		}
	}
	return facts
}

// passwordFact returns when the password was set.
func passwordFact(p Printer, a models.Account) Fact {
	fact := Fact{Label: p.T("Password set"), Text: p.T("never")}
	if a.PasswordHash != "" {
		fact.At = a.PasswordSetAt
	}
	return fact
}

// failures counts the failed sign-ins since the last success.
func failures(p Printer, a Account) string {
	text := p.N("{{.N}} attempt", "{{.N}} attempts", a.FailedAttempts)
	if allowed := a.Policy.MaxLoginAttempts; allowed > 0 {
		text = p.T("{{.N}} of {{.Allowed}}", "N", a.FailedAttempts, "Allowed", allowed)
	}
	switch most := a.Settings.AttemptsCap; {
	case a.FailedInRow > a.FailedAttempts && most > 0:
		text += " " + p.T("({{.N}} in total; permanent block at {{.Allowed}})", "N", a.FailedInRow, "Allowed", most)
	case a.FailedInRow > a.FailedAttempts:
		text += " " + p.T("({{.N}} in total)", "N", a.FailedInRow)
	}
	return text
}

// Language names a language in that language. Without one, pages use the browser's language, and mails are in English.
func Language(p Printer, locale string) string {
	if locale == "" {
		return p.T("Browser default")
	}
	return p.T("locale." + i18n.Msg(locale))
}

// RuleGroup is a group of rules in force with the same source.
type RuleGroup struct {
	Source string
	Rules  []RuleInForce
}

// RuleInForce is a rule in words, its value, and its name in its source.
type RuleInForce struct{ Words, Value, Name string }

// RulesInForce lists all rules that apply to an account, by their source. Customers read the rules without their names.
func RulesInForce(p Printer, a Account) []RuleGroup {
	policy, settings := RuleGroup{Source: p.T("Your password")}, RuleGroup{Source: p.T("Your sign-ins")}
	operates := p.Reader.Operates()
	if operates {
		policy.Source, settings.Source = ruleSource(p, a.Policies, a.Policy.Section), p.T("From the program's settings")
	}
	add := func(group *RuleGroup, words, value, name string) {
		if !operates {
			name = ""
		}
		group.Rules = append(group.Rules, RuleInForce{words, value, name})
	}
	for _, value := range a.Policy.Values() {
		if value.Active && value.Rule != password.RuleAllowedRegexDescription { // which are the words of allowedRegex
			add(&policy, Rule(p.Words, value), Figure(value), cmp.Or(value.By, string(value.Rule)))
		}
	}
	s := a.Settings
	block := p.T("failed sign-ins are not counted across blocks")
	if s.AttemptsCap > 0 {
		block = p.N("blocked permanently after {{.N}} failed attempt", "blocked permanently after {{.N}} failed attempts", s.AttemptsCap)
	}
	add(&settings, block, strconv.Itoa(s.AttemptsCap), "LATCHKEY_FAILED_ATTEMPTS_CAP")
	if a.Technical {
		return []RuleGroup{policy, settings}
	}
	devices := p.T("all browsers share their attempts")
	if s.DeviceCookies {
		devices = p.T("trusted browsers have their own attempts")
	}
	add(&settings, devices, strconv.FormatBool(s.DeviceCookies), "LATCHKEY_DEVICE_COOKIES")
	add(&settings, p.T("one-time passwords expire after {{.Time}}", "Time", p.Amount(s.OneTimeValid)), setting(s.OneTimeValid), "LATCHKEY_ONE_TIME_PASSWORD_VALID")
	if age := s.PasswordMinAge; age > 0 {
		add(&settings, p.T("users can change their password again after {{.Time}}", "Time", p.Amount(age)), setting(age), "LATCHKEY_PASSWORD_MIN_AGE")
	}
	add(&settings, p.T("sessions last {{.Time}} at most", "Time", p.Amount(s.SessionMax)), setting(s.SessionMax), "LATCHKEY_SESSION_MAX")
	add(&settings, p.T("sessions end after {{.Time}} of inactivity", "Time", p.Amount(s.SessionIdle)), setting(s.SessionIdle), "LATCHKEY_SESSION_IDLE")
	return []RuleGroup{policy, settings}
}

// ruleSource names a policy and its file.
func ruleSource(p Printer, policies password.Policies, section password.Section) string {
	if policies.Source == "" {
		return p.T("From the built-in policy {{.Section}}", "Section", section)
	}
	return p.T("From the policy {{.Section}} in {{.File}}", "Section", section, "File", sourceFile(p, policies))
}

// sourceFile names the policy's file; only SuperAdmins see its directory.
func sourceFile(p Printer, policies password.Policies) string {
	if p.Reader.IsSuperAdmin() {
		return policies.Source
	}
	return filepath.Base(policies.Source)
}
