package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// A large installation, of a number of accounts:
const (
	perOrganization = 500 // accounts, on average; the nth largest organization has about 1/n of the largest one's
	eventsEach      = 2   // audit events per account
	mailShare       = 0.3 // mails per account
	technicalShare  = 0.02

	rowsAtOnce = 2000 // in a transaction
)

// The parts of names. They are of several scripts and lengths, and one in a hundred family names is [rareName].
var (
	firstNames = strings.Fields(`aisha anders anna björn bruno chen çağla dmitri elena émile fatou felix greta hasan hugo ines jonas
		jürgen karin lina łukasz maría mehmet noah olga øyvind paula piotr rosa søren thomas ursula viktor wiebke yusuf zeynep zoe`)
	familyNames = strings.Fields(`adler andersen bauer berg bianchi çelik costa diallo dubois evans fischer garcía gruber haas
		hansen ivanov jansen kaya kowalski lindgren lópez martin meyer müller nguyễn nielsen novák öztürk petersen richter rossi
		schäfer silva svensson tanaka šimić weber wójcik yılmaz żuk`)
	people = strings.Fields(`Ада-Лавлейс 李伟 Νίκος-Παπάς Zoë-van-der-Berg Jean-Luc-de-la-Tour O'Brien-Kelly`)
)

// Texts that searches find.
const (
	rareName    = "wobblyjum"  // the family name of one account in a hundred
	rarerID     = "K-quagmire" // the external id of ten accounts
	commonText  = "example"    // in all e-mail addresses
	absentText  = "xyzzyplugh"
	absentPair  = "qj" // which no name has either
	foundByFew  = 10
	foundByMany = 100 // one in so many
)

// states are how many of a thousand accounts are in each state, and what makes them so. The rest is active.
var states = []struct {
	state models.State
	share int
	set   func(c *large, a *models.Account)
}{
	{models.Disabled, 40, func(c *large, a *models.Account) { a.DisabledAt = c.ago(0, 300) }},
	{models.NotYetValid, 10, func(c *large, a *models.Account) {
		a.ValidFrom = c.now.AddDate(0, 0, 2+c.rand.IntN(90)).Format(time.DateOnly)
	}},
	{models.Ended, 20, func(c *large, a *models.Account) {
		a.ValidUntil = c.now.AddDate(0, 0, -2-c.rand.IntN(400)).Format(time.DateOnly)
	}},
	{models.Blacklisted, 10, func(c *large, a *models.Account) {
		a.BlockedAt, a.FailedAttempts, a.FailedInRow = c.ago(0, 1), 10, 10
		if until := c.now.Add(time.Duration(1 + c.rand.Int64N(int64(20*24*time.Hour)))).Truncate(time.Microsecond); c.rand.IntN(4) > 0 {
			a.BlockedUntil = &until
		}
	}},
	{models.NoPassword, 10, func(_ *large, a *models.Account) { a.PasswordHash, a.PasswordSetAt = "", nil }},
	{models.OneTimeLapsed, 20, func(c *large, a *models.Account) {
		a.OneTime, a.PasswordSetAt, a.ExpiryNotice = true, c.ago(8, 200), models.ExpiryNotified
	}},
	{models.OneTimeWaiting, 30, func(c *large, a *models.Account) { a.OneTime, a.PasswordSetAt = true, c.ago(0, 6) }},
	{models.MustChange, 20, func(_ *large, a *models.Account) { a.MustChange = true }},
	{models.Expired, 70, func(c *large, a *models.Account) {
		a.PasswordSetAt, a.ExpiryNotice = c.ago(65, 400), models.ExpiryNotified
	}},
}

// large writes the rows of a large installation, row by row as the use cases would have left them.
type large struct {
	*site
	rand          *rand.Rand
	now           time.Time
	organizations []subject // the largest first
	accounts      []subject
}

// subject is what events and mails say about an account.
type subject struct{ id, name, email, owner, passwordID string }

// ago returns a moment that many days ago, at least and at most.
func (c *large) ago(least, most int) *time.Time {
	day := int64(24 * time.Hour)
	at := c.now.Add(-time.Duration(int64(least)*day + c.rand.Int64N(int64(most-least)*day))).Truncate(time.Microsecond)
	return &at
}

// idAt makes an id of a time.
func idAt(at time.Time) string { return models.NewIDs(func() time.Time { return at }, nil).New() }

// fillCrowd writes so many accounts, with their events, mails and former passwords. The same number gives the same rows, but for their ids.
func (s *site) fillCrowd(size int) {
	c := &large{site: s, rand: rand.New(rand.NewPCG(1, 1)), now: time.Now().UTC().Truncate(time.Microsecond)}
	c.write(max(size/perOrganization, 2), func(i int) models.Account { return c.organization(i) })
	c.organizations = slices.Clone(c.accounts)
	c.write(size-len(c.organizations), func(i int) models.Account { return c.customer(i, size) })
	c.writeEvents(size * eventsEach)
	c.writeMails(int(float64(size) * mailShare))
	s.exec(`INSERT INTO former_passwords (id, account_id, hash, set_at, replaced_at)
		SELECT id || '-' || k, id, 'none', created_at, created_at FROM accounts
		CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3) AS three
		WHERE kind = 'customer' AND substr(id, 36) IN ('0', '1', '2', '3', '4')`,
		`INSERT INTO links (id, purpose, account_id, password_id, created_at, ends_at, wrong_codes, sent_at)
		SELECT id, 'reset', id, password_id, @1, @-6, 0, @1 FROM accounts WHERE kind = 'customer' AND substr(id, 35) = '07'`,
		`INSERT INTO factors (id, account_id, kind, title, secret, credential, credential_id, rp_id, created_at, confirmed_at)
		SELECT id, id, 'passkey', 'Key', '', '{}', id, 'localhost', @1, @1 FROM accounts WHERE NOT technical AND name NOT LIKE 'bench-%' AND substr(id, 36) IN ('8', '9')`,
		"UPDATE accounts SET has_factor = TRUE, has_passkey = TRUE WHERE NOT technical AND name NOT LIKE 'bench-%' AND substr(id, 36) IN ('8', '9')")
}

// write creates accounts, the oldest first.
func (c *large) write(count int, account func(i int) models.Account) {
	for from := 0; from < count; from += rowsAtOnce {
		var rows []models.Account
		var keys [][]string
		for i := from; i < min(from+rowsAtOnce, count); i++ {
			a := account(i)
			a.ID, a.PasswordID = idAt(a.CreatedAt), idAt(a.CreatedAt)
			who, err := identifier.Parse(a.Name, a.Email)
			c.must(err)
			a.NameKey, a.EmailKey = who.NameKey, who.Email.Key
			rows, keys = append(rows, a), append(keys, who.Keys(a.Technical))
		}
		c.must(c.db.Update(c.ctx, func(tx *models.Tx) error { return tx.CreateAccounts(rows, keys) }))
		for _, a := range rows {
			c.accounts = append(c.accounts, subject{a.ID, a.Name, a.Email, a.OwnerID(), a.PasswordID})
		}
	}
}

func (c *large) organization(i int) models.Account {
	name := fmt.Sprintf("%s-logistik-%d", familyNames[i%len(familyNames)], i)
	return models.Account{
		Kind: models.Organization, Name: name, Email: fmt.Sprintf("it@o%d.example.org", i), DisplayName: "Logistik " + name,
		CreatedAt: c.now.AddDate(-3, 0, 0).Add(time.Duration(i) * time.Millisecond), PasswordHash: "none", PasswordSetAt: c.ago(0, 58),
	}
}

// customer makes the account of a person or a machine. Its organization is the nth largest with a probability of about 1/n.
func (c *large) customer(i, size int) models.Account {
	rank := int(math.Exp(c.rand.Float64()*math.Log(float64(len(c.organizations)+1)))) - 1
	home := c.organizations[min(rank, len(c.organizations)-1)]
	first, family := firstNames[c.rand.IntN(len(firstNames))], familyNames[c.rand.IntN(len(familyNames))]
	if i%foundByMany == 0 {
		family = rareName
	}
	_, domain, _ := strings.Cut(home.email, "@")
	a := models.Account{
		Kind: models.Customer, OrganizationID: &home.id, Name: fmt.Sprintf("%s.%s.%d", first, family, i), Email: fmt.Sprintf("p%d@%s", i, domain),
		CreatedAt: c.now.AddDate(-3, 0, 1).Add(time.Duration(float64(3*360*24*time.Hour) * float64(i) / float64(size))).Truncate(time.Microsecond),
		Locale:    []string{"", "en", "de"}[i%3], PasswordHash: "none", PasswordSetAt: c.ago(0, 58), PasswordFrom: models.FromOwner,
	}
	switch {
	case i%10 == 1:
		a.DisplayName = fmt.Sprintf("%s %d", strings.ReplaceAll(people[i/10%len(people)], "-", " "), i)
	case i%2 == 0:
		a.DisplayName = fmt.Sprintf("%s %s", first, family)
	}
	if i%max(size/foundByFew, 1) == 5 {
		a.ExternalID = rarerID
	}
	if c.rand.Float64() < technicalShare {
		a.Technical, a.PasswordSetAt = true, c.ago(0, 800)
	}
	if c.rand.IntN(3) > 0 && !a.Technical {
		a.LastSignInAt = c.ago(0, 90)
	}
	at := c.rand.IntN(1000)
	for _, state := range states {
		if at -= state.share; at < 0 {
			state.set(c, &a)
			break
		}
	}
	return a
}

// actions are how many of a hundred events are of each kind.
var actions = []struct {
	name  string
	share int
}{
	{core.ActionSignedIn, 55}, {core.ActionSignInFailed, 25}, {core.ActionCreated, 8}, {core.ActionPasswordOwn, 5}, {core.ActionPasswordReset, 3},
	{core.ActionEdited, 2}, {core.ActionBlacklisted, 1}, {core.ActionDisabled, 1},
}

// stormShare is the part of the events that are failed sign-ins of one night, from a few addresses.
const stormShare = 0.05

// writeEvents writes events of 400 days, the oldest first. One in five is an operator's.
func (c *large) writeEvents(count int) {
	storm := int(float64(count) * (1 - 2*stormShare))
	for from := 0; from < count; from += rowsAtOnce {
		var rows []models.AuditEvent
		for i := from; i < min(from+rowsAtOnce, count); i++ {
			a := &c.accounts[c.rand.IntN(len(c.accounts))]
			at := c.now.Add(-time.Duration(float64(400*24*time.Hour) * float64(count-i) / float64(count))).Truncate(time.Microsecond)
			e := models.AuditEvent{
				At: at, SubjectID: a.id, SubjectName: a.name, OrganizationID: a.owner, ActorID: a.id, ActorName: a.name,
				Action: c.action(), Address: fmt.Sprintf("10.%d.%d.%d", c.rand.IntN(4), c.rand.IntN(250), c.rand.IntN(20)), RequestID: "r",
			}
			switch {
			case i > storm && i < storm+int(float64(count)*stormShare):
				e.At = c.now.Add(-72*time.Hour + time.Duration(i-storm)*time.Millisecond)
				e.Action, e.Address = core.ActionSignInFailed, fmt.Sprintf("2001:db8:bad::%x", c.rand.IntN(40))
			case c.rand.IntN(5) == 0:
				e.ActorID, e.ActorName = e.OrganizationID, "operator"
			}
			if e.Action == core.ActionSignInFailed {
				e.ActorID, e.ActorName, e.Detail = "", "", map[string]string{"reason": "wrong-password", "browser": "known"}
			}
			e.ID = idAt(e.At)
			rows = append(rows, e)
		}
		slices.SortFunc(rows, func(x, y models.AuditEvent) int { return cmp.Compare(x.ID, y.ID) })
		c.must(c.db.Update(c.ctx, func(tx *models.Tx) error {
			for part := range slices.Chunk(rows, 1000) {
				if err := tx.Audit(part...); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func (c *large) action() string {
	at := c.rand.IntN(100)
	for _, action := range actions {
		if at -= action.share; at < 0 {
			return action.name
		}
	}
	return actions[0].name
}

// writeMails writes mails of 90 days, the oldest first.
func (c *large) writeMails(count int) {
	text, html := strings.Repeat("A line of a mail that was sent.\n", 20), strings.Repeat("<p>A line of a mail that was sent.</p>\n", 40)
	templates := []string{models.MailReminder, models.MailReminder, models.MailExpiration, models.MailSecurity, models.MailBlacklisted}
	for from := 0; from < count; from += rowsAtOnce {
		var rows []models.Mail
		for i := from; i < min(from+rowsAtOnce, count); i++ {
			a := &c.accounts[c.rand.IntN(len(c.accounts))]
			at := c.now.Add(-time.Duration(float64(90*24*time.Hour) * float64(count-i) / float64(count))).Truncate(time.Microsecond)
			m := models.Mail{
				ID: idAt(at), Template: templates[i%len(templates)], AccountID: &a.id, AccountName: a.name, PasswordID: a.passwordID, Recipient: a.email,
				State: models.MailSent, CreatedAt: at, NextTryAt: at, DoneAt: &at, Tries: 1, Subject: "A mail", TextBody: text, HTMLBody: html,
			}
			m.OnceKey, m.MessageID = m.Template+":"+m.ID, "<"+m.ID+"@example.org>"
			if c.rand.IntN(100) == 0 {
				m.State, m.LastAnswer = models.MailFailed, "550 5.1.1 unknown user"
			}
			rows = append(rows, m)
		}
		c.must(c.db.Update(c.ctx, func(tx *models.Tx) error {
			for part := range slices.Chunk(rows, 500) {
				if _, err := tx.QueueNotices(part); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}
