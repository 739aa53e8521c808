package words

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/lockout"
	"latchkey/accounts/mfa"
	"latchkey/accounts/notify"
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
	Version  int        // of the policies; 0 = not recorded

	Link *models.Link // that can set the password now; nil = there is none
}

// Reason is an account's state and why it is in it. Tone marks it; the zero value is neutral.
type Reason struct {
	Title, Text string
	Tone        Severity
}

// Why explains the account's state.
func Why(p Printer, a Account) Reason {
	switch {
	case a.Builtin():
		return Reason{Title: p.T("For customers without an organization"), Text: p.T("It has no password and cannot sign in.")}
	case a.State.Closed():
		return whyClosed(p, a)
	case a.State == models.Blacklisted:
		return whyBlocked(p, a)
	case a.State == models.Expired && a.Technical:
		return Reason{p.T("Password expired"), p.N("On {{.Time}}, after {{.N}} day. Only an operator can reset it.",
			"On {{.Time}}, after {{.N}} days. Only an operator can reset it.", a.Policy.PasswordExpirationInDays, "Time", p.Day(*a.Expires)), Warning}
	case a.State == models.Expired:
		return Reason{p.T("Password expired"), p.N("On {{.Time}}, after {{.N}} day. The user must choose a new one at the next sign-in.",
			"On {{.Time}}, after {{.N}} days. The user must choose a new one at the next sign-in.",
			a.Policy.PasswordExpirationInDays, "Time", p.Day(*a.Expires)), Warning}
	case a.State == models.OneTimeLapsed:
		return Reason{p.T("One-time password expired"), p.T("Set on {{.Set}}, valid until {{.Time}}, never used. Reset the password.",
			"Set", p.Day(*a.PasswordSetAt), "Time", p.Day(*a.Lapses)), Bad}
	case a.State == models.OneTimeWaiting:
		return Reason{p.T("Waiting for the first sign-in"), p.T("One-time password set on {{.Set}}. The user must then choose their own.", "Set", p.Day(*a.PasswordSetAt)), Warning}
	case a.State == models.MustChange:
		return whyMustChange(p, a)
	case a.State == models.NoPassword:
		return whyNoPassword(p, a)
	case a.Technical:
		return Reason{Title: p.T("Valid for scripts and devices"), Text: validity(p, a.Expires)}
	default:
		return Reason{p.T("Can sign in"), validity(p, a.Expires), Good}
	}
}

// whyMustChange says who requires a new password: an operator, or the settings.
func whyMustChange(p Printer, a Account) Reason {
	if !a.MustChange {
		return Reason{p.T("Must change password"), p.T("An operator knows this password, which the settings do not allow. The user must choose a new one at the next click or sign-in."), Warning}
	}
	return Reason{p.T("Must change password"), p.T("Required by an operator. The user must choose a new one at the next click or sign-in."), Warning}
}

// whyNoPassword says how the account gets its first password.
func whyNoPassword(p Printer, a Account) Reason {
	invited, unsent := p.T("Invited"), p.T("Invitation not sent")
	if a.Link != nil && a.Link.Purpose != models.LinkInvitation {
		invited, unsent = p.T("No password"), p.T("Link not sent")
	}
	switch {
	case a.Link != nil && a.Link.SentAt != nil:
		return Reason{Title: invited, Text: p.T("The link to choose a password is valid until {{.Time}}.", "Time", p.Day(a.Link.EndsAt))}
	case a.Link != nil && p.Capturing:
		return Reason{unsent, p.T("There is no mail server. SuperAdmins can show the link on the page of the e-mail; it is valid until {{.Time}}.", "Time", p.Day(a.Link.EndsAt)), Warning}
	case a.Link != nil:
		return Reason{Title: invited, Text: p.T("The link to choose a password was not sent yet. It is valid until {{.Time}}.", "Time", p.Day(a.Link.EndsAt))}
	}
	return Reason{Title: p.T("No password"), Text: p.T("The account cannot sign in until a password is set.")}
}

// validity says how long a password is valid.
func validity(p Printer, expires *time.Time) string {
	if expires == nil {
		return p.T("The password does not expire.")
	}
	return p.T("The password is valid until {{.Time}}.", "Time", p.Day(*expires))
}

// whyClosed explains why an account is closed.
func whyClosed(p Printer, a Account) Reason {
	switch a.State {
	case models.NotYetValid:
		return Reason{Title: p.T("Valid from {{.Date}}", "Date", p.CalendarDate(a.ValidFrom)), Text: p.T("The account cannot sign in before that day.")}
	case models.Ended:
		return Reason{Title: p.T("Ended"), Text: p.T("The last day was {{.Date}}. The account cannot sign in until a later last day is set.", "Date", p.CalendarDate(a.ValidUntil))}
	}
	if a.DisabledFor == models.DisabledInactive {
		return Reason{Title: p.T("Disabled because it was not used"),
			Text: p.T("Since {{.Time}}, after a long time without a sign-in. An operator can enable it again.", "Time", p.Day(*a.DisabledAt))}
	}
	return Reason{Title: p.T("Disabled by an operator"), Text: p.T("Since {{.Time}}. The account cannot sign in.", "Time", p.Day(*a.DisabledAt))}
}

func whyBlocked(p Printer, a Account) Reason {
	if a.BlockedUntil != nil {
		return Reason{p.T("Blocked until {{.Until}}", "Until", p.Day(*a.BlockedUntil)), p.N("After {{.N}} failed sign-in. Even the correct password is refused.",
			"After {{.N}} failed sign-ins. Even the correct password is refused.", a.FailedAttempts), Warning}
	}
	failed := a.FailedAttempts
	if most := a.Settings.AttemptsCap; most > 0 && a.FailedInRow >= most {
		failed = a.FailedInRow
	}
	return Reason{p.T("Blocked until an operator unblocks it"),
		p.N("Since {{.Since}}, after {{.N}} failed sign-in.", "Since {{.Since}}, after {{.N}} failed sign-ins.", failed, "Since", p.Day(*a.BlockedAt)), Bad}
}

// WhyOwn explains to the reader how long their own password is valid.
func WhyOwn(p Printer, a Account) Reason {
	switch {
	case a.Expires == nil:
		return Reason{Tone: Good, Text: p.T("Your password does not expire.")}
	case a.Expires.After(p.Now):
		return Reason{Tone: Good, Text: p.T("Your password is valid until {{.Time}}.", "Time", p.Day(*a.Expires))}
	default:
		return Reason{Tone: Warning, Text: p.T("Your password expired on {{.Time}}. You must choose a new one at your next sign-in.", "Time", p.Day(*a.Expires))}
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
		at(*a.BlockedUntil, p.T("Block ends"))
	}
	if a.Lapses != nil && a.Lapses.After(p.Now) {
		at(*a.Lapses, p.T("One-time password expires if not used"))
	}
	if a.Expires != nil && a.PasswordHash != "" && a.Expires.After(p.Now) {
		if a.Reminds != nil && a.ExpiryNotice == models.NotNotified && !closedAt(p, a, *a.Reminds) {
			at(*a.Reminds, reminder(p, a))
		}
		at(*a.Expires, expiry(p, a))
	}
	if a.Link != nil {
		at(a.Link.EndsAt, p.T("Set-password link expires if not used"))
	}
	steps = append(append(steps, validSteps(p, a)...), inactiveSteps(p, a)...)
	slices.SortStableFunc(steps, func(x, y Step) int { return x.At.Compare(*y.At) })
	for i, step := range steps {
		if !step.At.After(p.Now) { // a mail that the next sweep queues
			steps[i] = Step{When: p.T("Now"), What: step.What}
		}
	}
	return steps
}

// validSteps are the begin and the end of an account, if they are ahead.
func validSteps(p Printer, a Account) (steps []Step) {
	if a.State == models.NotYetValid {
		steps = append(steps, Step{At: new(p.midnight(a.ValidFrom, 0)), What: p.T("First day of the account")})
	}
	if a.ValidUntil != "" && a.State != models.Ended {
		if notice := p.midnight(a.ValidUntil, -notify.DeadlineNotice); a.EndNotice != a.ValidUntil && !closedAt(p, a, notice) {
			steps = append(steps, Step{At: &notice, What: deadlineNotice(p, a)})
		}
		steps = append(steps, Step{At: new(p.midnight(a.ValidUntil, 1)), What: p.T("Account ends")})
	}
	return steps
}

// inactiveSteps are what happens to an account that is not used.
func inactiveSteps(p Printer, a Account) (steps []Step) {
	unused := a.Settings.DisableInactive
	if unused <= 0 || a.Technical || a.Builtin() || a.State.Closed() {
		return nil
	}
	notice := a.ActiveAt.Add(unused - notify.DeadlineNotice*day)
	if a.InactiveNotified() {
		notice = *a.InactiveNoticeAt
	} else if notice.Before(p.Now) {
		notice = p.Now
	}
	end := accounts.InactiveFrom(a.Account, unused, notice)
	if closedAt(p, a, end) {
		return nil
	}
	if !a.InactiveNotified() {
		steps = append(steps, Step{At: &notice, What: deadlineNotice(p, a)})
	}
	what := p.T("Disabled if not used until then")
	if a.Kind == models.SuperAdmin {
		what = p.T("Disabled if not used until then, unless it is the last SuperAdmin")
	}
	return append(steps, Step{At: &end, What: what})
}

func reminder(p Printer, a Account) string {
	if p.Capturing {
		return p.T("Reminder to {{.To}} (not sent: no mail server)", "To", Isolate(a.Email))
	}
	return p.T("Reminder to {{.To}}", "To", Isolate(a.Email))
}

// deadlineNotice describes the mail about a deadline.
func deadlineNotice(p Printer, a Account) string {
	if p.Capturing {
		return p.T("Notice to {{.To}} (not sent: no mail server)", "To", Isolate(a.Email))
	}
	return p.T("Notice to {{.To}}", "To", Isolate(a.Email))
}

// closedAt reports whether the account will be closed at a time, if it is not changed.
func closedAt(p Printer, a Account, at time.Time) bool {
	if at.Before(p.Now) {
		at = p.Now
	}
	return a.Closed(at.In(p.Zone).Format(time.DateOnly)) != ""
}

// expiry describes the end of the password. The owner of a closed account gets no mail.
func expiry(p Printer, a Account) string {
	switch {
	case closedAt(p, a, *a.Expires):
		return p.T("Password expires, no e-mail is sent")
	case p.Capturing:
		return p.T("Password expires")
	default:
		return p.T("Password expires, e-mail is sent")
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
	Factors                       []models.Factor
	RecoveryCodes                 int
}

// Facts returns the details of an account that its page does not show in its head.
func Facts(p Printer, a Account, related Related) (facts []Fact) {
	facts = contactFacts(p, a.Account)
	if a.Note != "" && p.Reader != nil && p.Reader.ID != a.ID {
		facts = append(facts, Fact{Label: p.T("Note"), Lines: a.Note})
	}
	if related.CustomersURL != "" {
		facts = append(facts, Fact{Label: p.T("Customers"), Text: p.T("Show customers"), URL: related.CustomersURL})
	}
	if a.Builtin() {
		return facts
	}
	if a.ValidFrom != "" || a.ValidUntil != "" {
		facts = append(facts, Fact{Label: p.T("Valid"), Text: validDates(p, a.Account)})
	}
	return append(facts,
		Fact{Label: p.T("Language"), Text: Language(p, a.Locale)},
		Fact{Label: p.T("Last sign-in"), Text: p.T("never"), At: a.LastSignInAt},
		Fact{Label: p.T("Created"), At: &a.CreatedAt})
}

// validDates shows the first and the last day of an account.
func validDates(p Printer, a models.Account) string {
	switch {
	case a.ValidUntil == "":
		return p.T("from {{.Date}}", "Date", p.CalendarDate(a.ValidFrom))
	case a.ValidFrom == "":
		return p.T("until {{.Date}}", "Date", p.CalendarDate(a.ValidUntil))
	default:
		return p.T("{{.From}} to {{.Until}}", "From", p.CalendarDate(a.ValidFrom), "Until", p.CalendarDate(a.ValidUntil))
	}
}

// SecurityFacts returns the facts about an account's password, attempts and policy, which is at policyURL.
func SecurityFacts(p Printer, a Account, related Related, policyURL string) []Fact {
	set := passwordFact(p, a.Account)
	switch version := related.Version; {
	case set.At == nil:
	case version == nil:
		set.Note = p.T("policy version unknown")
	case version.Number != a.Version:
		set.Note, set.NoteURL = p.T("under policy version {{.N}}", "N", version.Number), related.VersionURL
	}
	facts := withExpiry(p, a, set)
	if a.FailedAttempts > 0 || a.FailedInRow > 0 {
		facts = append(facts, Fact{Label: p.T("Failed attempts"), Text: failures(p, a)})
	}
	facts = append(facts, factorFacts(p, a, related)...)
	facts = append(facts, BrowserFacts(p, a, related.Devices)...)
	return append(facts, Fact{Label: p.T("Policy"), Text: policyLine(p, a), URL: policyURL})
}

// BrowserFacts returns how many browsers an account trusts; nil = it can trust none.
func BrowserFacts(p Printer, a Account, devices lockout.Devices) []Fact {
	if a.Technical || !a.Settings.DeviceCookies {
		return nil
	}
	count := p.Number(int64(devices.Known))
	if devices.UsedUp {
		count += ", " + p.T("no attempts left")
	}
	return []Fact{{Label: p.T("Trusted browsers"), Text: count}}
}

// factorFacts returns the account's second factors and how many recovery codes are left.
func factorFacts(p Printer, a Account, related Related) (facts []Fact) {
	if !a.Technical || len(related.Factors) > 0 {
		fact := Fact{Label: p.T("Two-step verification"), Text: p.T("Off")}
		var names []string
		for _, factor := range related.Factors {
			name := p.T("factor." + i18n.Msg(factor.Kind))
			if factor.Title != "" {
				name += " " + p.T("“{{.Text}}”", "Text", Isolate(factor.Title))
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			fact.Text = strings.Join(names, ", ")
		}
		facts = append(facts, fact)
	}
	if len(related.Factors) > 0 || related.RecoveryCodes > 0 {
		facts = append(facts, Fact{Label: p.T("Recovery codes"), Text: p.T("{{.N}} of {{.Of}} left", "N", related.RecoveryCodes, "Of", mfa.RecoveryCodes)})
	}
	return facts
}

// policyLine sums up the policy that applies to the account.
func policyLine(p Printer, a Account) string {
	name := string(a.Policy.Section)
	if a.Version > 0 {
		name += " v" + strconv.Itoa(a.Version)
	}
	length := p.Count("rule.minimumSymbols", a.Policy.MinLength())
	if most := a.Policy.MaximumSymbols; most > 0 {
		length = p.T("{{.Least}}–{{.Most}} characters", "Least", a.Policy.MinLength(), "Most", most)
	}
	if days := a.Policy.PasswordExpirationInDays; days > 0 {
		return p.N("{{.Name}}: {{.Length}}, expires after {{.N}} day", "{{.Name}}: {{.Length}}, expires after {{.N}} days", days, "Name", name, "Length", length)
	}
	return p.T("{{.Name}}: {{.Length}}, does not expire", "Name", name, "Length", length)
}

// OwnFacts returns the facts on the reader's own page; organization is the name of theirs.
func OwnFacts(p Printer, a models.Account, organization string) []Fact {
	facts := personFacts(p, a)
	if a.OrganizationID != nil {
		facts = append(facts, Fact{Label: p.T("Organization"), Text: Isolate(organization)})
	}
	if a.ValidUntil != "" {
		facts = append(facts, Fact{Label: p.T("Valid"), Text: validDates(p, a)})
	}
	return append(facts, passwordFact(p, a))
}

// personFacts returns what is known of the person, without the note.
func personFacts(p Printer, a models.Account) []Fact {
	return append(known(Fact{Label: p.T("Display name"), Text: a.DisplayName}, Fact{Label: p.T("E-mail"), Text: a.Email}), contactFacts(p, a)...)
}

// contactFacts returns what is known of the person besides the names and the e-mail address.
func contactFacts(p Printer, a models.Account) []Fact {
	return known(Fact{Label: p.T("Phone"), Text: a.Phone}, Fact{Label: p.T("External ID"), Text: a.ExternalID})
}

// known returns the facts that have a text, which is isolated.
func known(all ...Fact) (facts []Fact) {
	for _, fact := range all {
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

// setBy returns who set the password, and whether an operator knows it.
func setBy(p Printer, a models.Account) Fact {
	fact := Fact{Label: p.T("Set by")}
	switch a.PasswordFrom {
	case models.FromOperator:
		fact.Text = p.T("An operator")
	case models.FromLink:
		fact.Text = p.T("The owner, by link")
	case models.FromImport:
		fact.Text = p.T("Import")
	default:
		fact.Text = p.T("The owner")
	}
	if a.OperatorKnows() {
		fact.Note = p.T("An operator knows this password.")
	}
	return fact
}

// withExpiry adds to when the password was set when it expires.
func withExpiry(p Printer, a Account, set Fact) []Fact {
	facts := []Fact{set}
	if a.PasswordHash != "" && a.PasswordFrom != "" {
		facts = append(facts, setBy(p, a.Account))
	}
	if set.At != nil && !a.OneTime {
		facts = append(facts, Fact{Label: p.T("Expires"), Text: p.T("never"), At: a.Expires})
	}
	return facts
}

// PasswordFacts returns when the reader's password was set and expires.
func PasswordFacts(p Printer, a Account) []Fact { return withExpiry(p, a, passwordFact(p, a.Account)) }

// failures counts the failed sign-ins: those in a row if they block the account for good, or else those that block it for a time.
func failures(p Printer, a Account) string {
	failed, most := a.FailedAttempts, a.Policy.MaxLoginAttempts
	if limit := a.Settings.AttemptsCap; limit > 0 && a.FailedInRow > 0 && (a.FailedInRow >= limit || failed == 0) {
		failed, most = a.FailedInRow, limit
	}
	if most > 0 {
		return p.T("{{.N}} of {{.Allowed}}", "N", failed, "Allowed", most)
	}
	return p.N("{{.N}} attempt", "{{.N}} attempts", max(failed, a.FailedInRow))
}

// Language names a language in that language. Without one, pages use the browser's language, and mails are in English.
func Language(p Printer, locale string) string {
	if locale == "" {
		return p.T("Browser default")
	}
	return p.T("locale." + i18n.Msg(locale))
}

// OwnRules lists the rules that the reader must keep when choosing a password.
func OwnRules(p Printer, a Account) []string {
	rules := NewPolicy(p.Words, a.Policy).Lines
	if days := a.Policy.PasswordExpirationInDays; days > 0 {
		rules = append(rules, p.Count("rule.passwordExpirationInDays", days))
	}
	if age := a.Settings.PasswordMinAge; age > 0 {
		rules = append(rules, p.T("can be changed again after {{.Time}}", "Time", p.Amount(age)))
	}
	return rules
}

// sourceFile names the policy's file; only SuperAdmins see its directory.
func sourceFile(p Printer, policies password.Policies) string {
	if p.Reader.IsSuperAdmin() {
		return policies.Source
	}
	return filepath.Base(policies.Source)
}
