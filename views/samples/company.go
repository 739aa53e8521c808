package samples

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"latchkey/models"
)

// The people of Hollenbeck Logistics, the company of the demo.
const (
	olga        = "olga.hollenbeck" // SuperAdmin
	matthias    = "matthias.brandt" // SuperAdmin
	nordkai     = "nordkai-logistik"
	brightwater = "brightwater-freight" // organization without customers
	clara       = "clara.jansen"        // customer of Nordkai
	miguel      = "miguel.santos"
	hafenbuero  = "hafenbüro"
)

// Secret is the password of all accounts. SetupToken opens the set-up page.
const (
	Secret     = "Right-Horse-7!"
	SetupToken = "Q7H2-9KDM-XW4T-C6RP"
)

// ids are the numbers of the accounts' ids.
var ids = map[string]int{
	olga: 1, nordkai: 2, clara: 3, "jürgen.weiß": 4, "katharina.vogel": 5, "nora.petersen": 6, "emil.thomsen": 7, hafenbuero: 8, "tacho-upload": 9,
	miguel: 10, "archiv.2019": 11, "josef.huber": 12, "altmühl-fracht": 13, "label-printer-hall-b": 14, matthias: 15, brightwater: 16,
	"scanner-gate-2": 17, "petra.lang": 18,
}

// id returns an id that looks like a real one.
func id(n int) string { return fmt.Sprintf("019cadc6-9a80-7003-b994-%012x", n) }

// idOf is the id of an account.
func idOf(name string) string { return id(ids[name]) }

// User agents. Browser is the one that sends the requests.
const (
	Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0"
	kiosk   = "HollenbeckKiosk/2.4 (hall B; gate 3)"
)

const day = 24 * time.Hour

// Token is the session token of an account; a pending session may only open the reset page.
func Token(name string, pending bool) string { return hash(fmt.Sprintf("sample %s %t", name, pending)) }

// hash returns the form in which tables store tokens.
func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// seeder fills a database.
type seeder struct {
	tx       *models.Tx
	now      time.Time
	password string // the hash of [Secret]
	names    map[string]models.Account
	events   int
	sessions int
	err      error
}

// Seed fills an empty, migrated database. Password is the hash of [Secret].
func Seed(tx *models.Tx, data Data, now time.Time, password string) error {
	s := &seeder{tx: tx, now: now, password: password, names: map[string]models.Account{}}
	if data == Empty {
		return tx.ReplaceSetupToken(hash(SetupToken))
	}
	s.add(olga, superAdmin, func(a *models.Account) { a.Locale = "" })
	switch data {
	case Start:
	case Calm:
		s.add(nordkai, organization)
		s.add(clara)
	default:
		s.company()
	}
	switch data {
	case Busy:
		s.busy()
	case Long:
		s.long()
	case Trouble:
		s.do(tx.RecordMailOutage(now.Add(-3*time.Hour), now.Add(-3*time.Hour), "dial tcp 192.0.2.25:587: connect: connection refused"))
		s.do(tx.RecordMailOutage(now.Add(-time.Minute), now.Add(-time.Minute), "dial tcp 192.0.2.25:587: connect: connection refused"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		if a := s.names[name]; a.PasswordHash != "" && !a.Technical && a.DisabledAt == nil {
			s.session(a, Token(name, true), models.PendingSession, Browser, "198.51.100.17", 2*time.Hour, 5*time.Minute)
			s.session(a, Token(name, false), models.FullSession, Browser, "198.51.100.17", 2*time.Hour, time.Second)
		}
	}
	return s.err
}

// SetPolicyVersion records that some passwords were set under the first policy version.
func SetPolicyVersion(tx *models.Tx) error {
	first := 1
	for _, name := range []string{olga, clara, miguel} {
		a, err := tx.AccountForUpdate(idOf(name))
		if errors.Is(err, models.ErrNotFound) {
			continue
		}
		if a.PolicyVersion = &first; err == nil {
			err = tx.SaveAccount(&a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) do(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *seeder) ago(d time.Duration) *time.Time {
	at := s.now.Add(-d).Truncate(time.Microsecond)
	return &at
}

// change makes an account differ from a customer of Nordkai whose password is a month old.
type change func(*models.Account)

func (s *seeder) add(name string, changes ...change) {
	of, number := idOf(nordkai), ids[name]
	if number == 0 {
		number = 0x1000 + len(s.names)
	}
	ascii := strings.NewReplacer("ü", "ue", "ß", "ss", "ö", "oe", "ä", "ae").Replace(name)
	a := models.Account{
		ID: id(number), Kind: models.Customer, Name: name, NameKey: strings.ReplaceAll(name, "ß", "ss"), Email: ascii + "@nordkai.example", OrganizationID: &of,
		CreatedAt: *s.ago(90 * day), PasswordID: id(0x2000 + number), PasswordHash: s.password, PasswordSetAt: s.ago(33 * day), LastSignInAt: s.ago(2 * time.Hour),
	}
	for _, change := range changes {
		change(&a)
	}
	a.EmailKey = strings.ToLower(a.Email)
	if a.PasswordHash == "" || a.Technical {
		a.LastSignInAt = nil
	}
	identifiers := []string{a.NameKey, a.EmailKey}
	if a.Technical {
		identifiers = identifiers[:1]
	}
	s.do(s.tx.CreateAccount(&a, identifiers...))
	s.names[name] = a
}

func email(address string) change { return func(a *models.Account) { a.Email = address } }

func inDefault(a *models.Account) {
	of := models.DefaultOrganizationID
	a.OrganizationID = &of
}

func superAdmin(a *models.Account) {
	a.Kind, a.OrganizationID, a.Email = models.SuperAdmin, nil, a.Name+"@hollenbeck.example"
}

func organization(a *models.Account) {
	a.Kind, a.OrganizationID, a.Email = models.Organization, nil, "leitstand@"+strings.NewReplacer("-logistik", "", "ü", "ue").Replace(a.Name)+".example"
}

func technical(a *models.Account) {
	a.Technical, a.Email, a.Locale = true, a.Name+"@nordkai.example", "en"
}

func (s *seeder) set(age time.Duration) change {
	return func(a *models.Account) { a.PasswordSetAt = s.ago(age) }
}

func (s *seeder) oneTime(age time.Duration) change {
	return func(a *models.Account) {
		a.OneTime, a.PasswordSetAt, a.LastSignInAt, a.CreatedAt = true, s.ago(age), nil, *s.ago(age)
	}
}

func (s *seeder) disabled(a *models.Account) { a.DisabledAt = s.ago(24 * day) }

func (s *seeder) blocked(a *models.Account) {
	a.BlockedAt, a.BlockedUntil, a.FailedAttempts, a.FailedInRow = s.ago(7*time.Minute), s.ago(-13*time.Minute), 10, 10
}

// session opens a session, signed in and last used that long ago.
func (s *seeder) session(a models.Account, token string, kind models.SessionKind, browser, address string, signedIn, used time.Duration) {
	s.sessions++
	s.do(s.tx.CreateSession(models.Session{
		ID: id(0x3000 + s.sessions), TokenHash: hash(token), AccountID: a.ID, PasswordID: a.PasswordID, Kind: kind, UserAgent: browser, Address: address,
		CreatedAt: *s.ago(signedIn), LastUsedAt: *s.ago(used), AbsoluteEnd: *s.ago(signedIn - day), IdleEnd: *s.ago(used - time.Hour),
	}))
}

// event adds an audit event. Details are pairs of names and values. Without an actor it is an event of the system.
func (s *seeder) event(before time.Duration, action, actor, subject, address string, details ...string) {
	s.events++
	event := models.AuditEvent{ID: id(0x900000 - int(before/time.Second)), At: *s.ago(before), Action: action, ActorName: actor, SubjectName: subject, Address: address, RequestID: id(0x500000 + s.events)}
	if actor != "" {
		event.ActorID = idOf(actor)
	}
	if a, ok := s.names[subject]; ok {
		event.SubjectID, event.OrganizationID = a.ID, a.OwnerID()
	}
	for i := 0; i+1 < len(details); i += 2 {
		if event.Detail == nil {
			event.Detail = map[string]string{}
		}
		event.Detail[details[i]] = details[i+1]
	}
	s.do(s.tx.Audit(event))
}

// mail adds a mail about an account.
func (s *seeder) mail(number int, state models.MailState, template, to string, age time.Duration, tries int, answer string, changes ...func(*models.Mail)) {
	a := s.names[to]
	m := models.Mail{
		ID: id(0x9000 + number), Template: template, OnceKey: fmt.Sprint("sample ", number), AccountName: a.Name, Recipient: a.Email, State: state, CreatedAt: *s.ago(age), Tries: tries,
		NextTryAt: *s.ago(-5 * time.Minute), LastAnswer: answer, MessageID: "<" + id(number) + "@latchkey.hollenbeck.example>", Locale: "en",
	}
	if a.ID != "" {
		m.AccountID = &a.ID
	}
	switch state {
	case models.MailSending, models.MailSent, models.MailFailed, models.MailCaptured:
		m.Subject, m.TextBody, m.HTMLBody = "Your password", "Hello "+to+",\n\nthis is about your password.\n", "<p>Hello, this is about your password.</p>"
	}
	if tries > 0 {
		m.LastTryAt = s.ago(age - time.Minute)
	}
	for _, change := range changes {
		change(&m)
	}
	s.do(s.tx.QueueMail(&m))
	if state == models.MailWaiting || state == models.MailFailed {
		for n := 1; n <= tries; n++ {
			reason := "dial tcp 192.0.2.25:587: connect: connection refused"
			if n == tries {
				reason = answer
			}
			s.do(s.tx.RecordMailTry(models.MailTry{MailID: m.ID, Number: n, At: m.CreatedAt.Add(time.Minute << n), Answer: reason}))
		}
	}
}

// company has an account in every state and of every kind, a mail in every state and each event once.
func (s *seeder) company() {
	s.add(matthias, superAdmin)
	s.add(nordkai, organization, s.set(57*day))
	s.add(brightwater, organization)
	s.add("altmühl-fracht", organization, s.disabled)
	s.add(clara)
	s.add("petra.lang", email("petra.lang@hollenbeck.example"), inDefault, func(a *models.Account) {
		a.PasswordSetAt, a.OwnChangeAt, a.CreatedAt, a.LastSignInAt = s.ago(20*time.Second), s.ago(20*time.Second), *s.ago(day), s.ago(20*time.Second)
	})
	s.add("jürgen.weiß", s.set(67*day), func(a *models.Account) { a.LastSignInAt = s.ago(5 * day) })
	s.add("katharina.vogel", func(a *models.Account) { a.MustChange = true })
	s.add("nora.petersen", s.oneTime(2*day))
	s.add("emil.thomsen", s.oneTime(9*day))
	s.add(hafenbuero, func(a *models.Account) { a.BlockedAt, a.FailedAttempts, a.FailedInRow = s.ago(3*day), 10, 100 })
	s.add("tacho-upload", technical, s.set(64*day))
	s.add("scanner-gate-2", technical, s.set(400*day))
	s.add(miguel, inDefault, email("miguel.santos@hollenbeck.example"), s.blocked, func(a *models.Account) { a.DeviceFailures = 10 })
	s.add("archiv.2019", inDefault, email("archiv@hollenbeck.example"), func(a *models.Account) { a.PasswordID, a.PasswordHash, a.PasswordSetAt = "", "", nil })
	s.add("josef.huber", inDefault, email("josef.huber@altmuehl.example"), s.disabled)
	s.add("label-printer-hall-b", technical, inDefault, s.disabled, s.set(83*day))
	for i, name := range []string{clara, clara, hafenbuero, olga, miguel, miguel} {
		s.do(s.tx.CreateDevice(models.Device{
			ID: id(0x7000 + i), TokenHash: hash(fmt.Sprint("device ", i)), AccountID: idOf(name), CreatedAt: *s.ago(30 * day), LastUsedAt: *s.ago(2 * time.Hour), EndsAt: *s.ago(-300 * day),
		}))
	}
	a := s.names[clara]
	s.session(a, "phone", models.FullSession, iPhone, "2001:db8:7:4c01:a1f0:33ff:fe12:9b07", 9*time.Hour, 12*time.Minute)
	s.session(a, "office pc", models.FullSession, edge, "203.0.113.80", 20*time.Hour, 50*time.Minute)
	s.session(a, "hall B kiosk", models.FullSession, kiosk, "192.0.2.44", 4*time.Hour, 31*time.Minute)
	s.session(a, "without a name", models.FullSession, "", "192.0.2.45", 5*time.Hour, 40*time.Minute)
	s.history()
	s.ledger()
}

// history adds the audit events, the newest first.
func (s *seeder) history() {
	const office, yard, partner, elsewhere = "203.0.113.9", "198.51.100.17", "198.51.100.90", "2001:db8:7:4c01:a1f0:33ff:fe12:9b07"
	s.event(4*time.Minute, "signed-in", olga, olga, office)
	s.event(6*time.Minute, "mail-retried", olga, "jürgen.weiß", office, "template", models.MailReminder)
	s.event(7*time.Minute, "blacklisted", "", miguel, "", "attempts", "10", "until", s.now.Add(13*time.Minute).Format(time.RFC3339))
	for i := range 10 {
		s.event(8*time.Minute+time.Duration(i)*time.Second, "sign-in-failed", "", miguel, elsewhere, "reason", "wrong-password")
	}
	s.event(31*time.Minute, "sign-in-failed", "", "", "192.0.2.199", "reason", "unknown")
	s.event(47*time.Minute, "password-changed", clara, clara, yard, "sessions", "2")
	s.event(52*time.Minute, "signed-out", clara, clara, yard)
	s.event(time.Hour, "change-required", olga, "katharina.vogel", office)
	s.event(2*time.Hour, "signed-in", clara, clara, yard)
	for i := range 3 {
		s.event(2*time.Hour+time.Minute+time.Duration(i)*time.Second, "sign-in-failed", "", clara, yard, "reason", "wrong-password")
	}
	s.event(2*time.Hour+5*time.Minute, "password-issued", nordkai, "nora.petersen", partner, "password", "generated", "one-time", "yes")
	s.event(5*time.Hour, "account-created", olga, "label-printer-hall-b", office, "kind", "customer", "password", "typed")
	s.event(7*time.Hour, "edited", matthias, "label-printer-hall-b", office, "email", "facility@hollenbeck.example", "technical", "yes")
	s.event(9*time.Hour, "moved", matthias, clara, office, "from", "Default")
	s.event(10*time.Hour, "access-refused", nordkai, miguel, partner, "reason", "other-organization", "request", "POST /accounts/:id/unblock", "suppressed", "37")
	s.event(11*time.Hour, "mail-tested", olga, olga, office, "template", models.MailReminder)
	s.event(12*time.Hour, "device-used-up", "", miguel, "", "attempts", "10")
	s.event(26*time.Hour, "sessions-ended", clara, clara, yard, "sessions", "3")
	s.event(27*time.Hour, "account-deleted", olga, "ola.bergström", office)
	s.event(28*time.Hour, "one-time-lapsed", "", "emil.thomsen", "")
	s.event(29*time.Hour, "policy-reloaded", "", "", "")
	for i := range 10 {
		s.event(3*day+2*time.Second+time.Duration(i)*time.Second, "sign-in-failed", "", hafenbuero, "192.0.2.199", "reason", "wrong-password")
	}
	s.event(3*day, "blacklisted", "", hafenbuero, "", "attempts", "100")
	s.event(3*day+time.Hour, "block-ended", "", hafenbuero, "", "until", s.ago(3*day).Format(time.RFC3339))
	s.event(3*day+2*time.Hour, "password-expired", "", "jürgen.weiß", "")
	s.event(4*day, "unblocked", olga, hafenbuero, office)
	s.event(5*day, "enabled", olga, "josef.huber", office)
	s.event(24*day, "disabled", olga, "josef.huber", office, "sessions", "1")
}

// ledger adds a mail in each state.
func (s *seeder) ledger() {
	s.mail(1, models.MailWaiting, models.MailReminder, "petra.lang", 20*time.Minute, 2, "450 4.2.0 <petra.lang@hollenbeck.example>: greylisted, come back in 5 minutes")
	s.mail(2, models.MailSending, models.MailReminder, clara, 21*time.Minute, 1, "")
	s.mail(3, models.MailSent, models.MailExpiration, "jürgen.weiß", 3*day, 1, "250 2.0.0 Ok: queued as 4bXq7T2Lz9")
	s.mail(4, models.MailFailed, models.MailReminder, clara, 8*day, 8, "550 5.1.1 <clara.jansen@nordkai.example>: Recipient address rejected: User unknown in virtual mailbox table")
	s.mail(5, models.MailCaptured, models.MailBlacklisted, miguel, 9*day, 0, "")
	s.mail(6, models.MailDropped, models.MailReminder, matthias, 10*day, 0, "")
	s.mail(7, models.MailHeldBack, models.MailBlacklisted, hafenbuero, 11*day, 0, "")
	s.mail(8, models.MailSent, models.MailReminder, "ola.bergström", 40*day, 1, "250 2.0.0 Ok", func(m *models.Mail) {
		m.AccountName, m.Recipient = "ola.bergström", "ola.bergstrom@example.org" // a deleted account
	})
	s.mail(9, models.MailSent, models.MailBlacklisted, olga, time.Minute, 1, "250 2.0.0 Ok: queued as 4bXq7T2Lz9", func(m *models.Mail) { m.Data.Test, m.OnceKey = true, models.TestMailKey("sample") })
}

// busy adds more of everything than fits on a page.
func (s *seeder) busy() {
	for i := range 120 {
		name := fmt.Sprintf("m.becker%03d", i)
		s.add(name, s.set(time.Duration(i%64)*day))
		s.event(time.Duration(i)*3*time.Hour+20*time.Second, "sign-in-failed", "", name, "192.0.2.199", "reason", "wrong-password")
		s.mail(100+i, models.MailSent, models.MailReminder, name, time.Duration(i)*time.Hour, 1, "250 2.0.0 Ok")
	}
}

// long adds names and addresses that fill every column, and names in other scripts.
func (s *seeder) long() {
	const address = "maximiliane-friederike.hohenlohe@personalverwaltung.zweigniederlassung-nord.hollenbeck.example"
	s.add("maximiliane-friederike.von-und-zu-hohenlohe-schillingsfürst", email(address), s.blocked)
	s.add(strings.Repeat("w", 64), email(strings.Repeat("w", 60)+"@example.org"), s.oneTime(8*day))
	s.add("佐藤健", email("k.sato@example.net"))
	s.add("ليلى", email("leila.haddad@atlas-cargo.example"), func(a *models.Account) { a.MustChange = true })
	s.add("nguyễn.lan", email("lan.nguyen@hollenbeck.example"), inDefault, s.set(20*time.Second))
	s.add("reefer-telemetry-container-terminal-east-gate-17-backup-unit-b", technical)
}
