package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/notify"
	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// The crowd are further accounts, so that pages look as on a Monday in a company of tens of thousands. They are written row by row,
// since the use cases would take hours, but as the use cases would have left them: with events, mails and notices. Their
// passwords are unknown.

// The parts of names.
var (
	firstNames = strings.Fields(`aisha alice amir anders andrea anna antoine arne astrid aylin bastian beata birgit björn bruno camille carla carlos
		cem chiara claire daniela david deniz dorota eda elena elias emma erik eva fatma felix filip florian francesca frida gabriel giulia
		gökhan greta hanna hannes hasan helena henri hugo ida ines ingrid irena isabel ivan jakub jana jonas jorge josefine julia jürgen
		kamil karin katja kerstin kim laura leon lina linus louis lucas lukas maja malik manuela marc maria marek marie mateo mathilde matteo
		mehmet mia mika mikael milan mohammed nadia natalie nils noah nora olav oliver olga pablo paula pavel peter philipp pia piotr quentin
		rafael ralf rana rasmus renata robin roman sabine samir sandra sara sergej silke simon sofia stefan svenja tamara theo thomas tim
		timo tobias ulrike ursula valentin vera victor viola walter wiebke yannick yasmin yusuf zeynep zoran`)
	familyNames = strings.Fields(`adamczyk albrecht andersen arslan bauer becker berger bianchi björklund bonnet braun brandt çelik chen conti costa
		dahl demir dietrich doğan dubois dupont eriksen fernandes ferrari fischer fontaine franke garcia gauthier girard gomez gonzalez graf
		greco gruber günther haas hahn hansen hartmann heikkinen hermann hoffmann horvath huber ivanova jansen johansson jovanović kaiser
		kaya keller klein koch kovacs kowalski krause krüger kuhn lambert lang larsen lehmann leroy lewandowski lindgren lombardi lopez ludwig
		maier marino martin martinez mayer meier mendes meyer möller moreau moretti müller nguyen nielsen novak nowicki nyström öztürk olsen
		otto petersen peeters pereira petit pohl popescu rasmussen richter ricci rossi roth rousseau russo şahin sanchez santos schmid schmitt
		schneider scholz schreiber schröder schubert schulte schulz schuster schwarz seidel silva simon sommer sorensen stein svensson szabo
		thomas torres vogt virtanen visser wagner walter weber weiß werner winkler wójcik wolf yilmaz zimmermann`)
	places = strings.Fields(`aarhus antwerp augsburg basel bilbao bologna bremen brno calais cuxhaven dresden duisburg emden erfurt gdańsk ghent
		gothenburg graz hanover innsbruck kassel kiel koper leipzig liège linz lübeck lyon malmö mannheim münster nantes odense passau porto
		regensburg rostock rotterdam salzburg szczecin tallinn trieste turku ulm valencia verona wels zwolle`)
	trades = strings.Fields("cargo freight haulage logistics shipping transport")
)

// What happens to a customer of the crowd, besides signing in and changing the password.
type fate int

const (
	nothing  fate = iota
	disabled      // has left
	attacked      // on Sunday night, until it was blocked without an end
	waiting       // has not used the one-time password, some in time
	expired       // has not come for longer than a password is valid
	required      // has to choose a new password
	empty         // was imported without a password
)

// fates are the shares of the fates, in percent; the rest is nothing.
var fates = map[fate]int{disabled: 5, attacked: 3, waiting: 3, expired: 2, required: 1, empty: 1}

// The shares of some customers, in percent.
const (
	ownShare       = 15 // belong to the company itself
	importedShare  = 60 // were imported when the dashboard was set up
	technicalShare = 4
)

const (
	perOrganization = 130 // customers, on average
	importedAt      = 96  // days before the end
	longestPassword = 60  // days, of people who come
)

// crowd writes accounts with their history.
type crowd struct {
	*world
	rules    *policy.Rules
	hash     string         // of an unknown password
	numbers  map[string]int // how many accounts have a name, so that the next one gets a number
	homes    []models.Account
	networks map[string]string // addresses of the offices, by the id of the organization
	rows     []models.Account
	keys     [][]string // identifiers of the rows
	events   []models.AuditEvent
	mails    []models.Mail
}

// fillCrowd writes so many accounts.
func (w *world) fillCrowd(ctx context.Context, size int) error {
	hash, err := password.Params{Memory: 8, Time: 1, Threads: 1}.Hash(rand.Reader, rand.Text())
	if err != nil {
		return err
	}
	c := &crowd{world: w, rules: w.accounts.Policies.Current(), hash: hash, numbers: map[string]int{}, networks: map[string]string{models.DefaultOrganizationID: offices[""]}}
	for _, name := range w.names {
		c.numbers[name] = 1
	}
	for range min(max(size/perOrganization, 1), len(places)*len(trades)/2) {
		if err := c.addOrganization(); err != nil {
			return err
		}
	}
	for len(c.rows) < size {
		if err := c.addCustomer(); err != nil {
			return err
		}
	}
	return c.write(ctx)
}

// addOrganization adds an organization.
func (c *crowd) addOrganization() error {
	home := models.Account{Kind: models.Organization, Name: c.unused(places, "-", trades), Locale: "en", CreatedAt: c.weekday(97)}
	home.Email = "dispatch@" + latin.Replace(home.Name) + ".example"
	home.ID = idAt(home.CreatedAt)
	place, trade, _ := strings.Cut(home.Name, "-")
	home.DisplayName = capital(place) + " " + capital(strings.TrimRightFunc(trade, unicode.IsDigit))
	c.networks[home.ID] = fmt.Sprintf("2001:db8:ff%02x::%x", len(c.homes)%256, 1+c.rand.IntN(0xfffe))
	c.event(home.CreatedAt, core.ActionCreated, c.actor(c.people[olga]), home, core.DetailKind.Text(string(home.Kind)))
	c.choosePassword(&home, c.weekday(c.rand.IntN(longestPassword)))
	c.come(&home)
	c.homes = append(c.homes, home)
	return c.add(home)
}

// addCustomer adds a customer with its history.
func (c *crowd) addCustomer() error {
	happens := c.fate()
	a, days := c.newCustomer(happens)
	if happens != empty {
		c.givePassword(&a, happens, days)
	}
	if !a.Technical && (happens == nothing || happens == attacked || happens == required) {
		c.come(&a)
	}
	if err := c.notify(&a); err != nil {
		return err
	}
	switch happens {
	case disabled:
		at := c.weekday(c.rand.IntN(min(days, 20)))
		a.DisabledAt = &at
		c.event(at, core.ActionDisabled, c.actor(c.people[priya]), a, core.DetailSessions.Count(0))
	case required:
		a.MustChange = true
		c.event(c.weekday(1), core.ActionRequireChange, c.actor(c.people[matthias]), a)
	case attacked:
		if err := c.attack(&a); err != nil {
			return err
		}
	}
	return c.add(a)
}

// newCustomer creates a customer so many days before the end.
func (c *crowd) newCustomer(happens fate) (a models.Account, days int) {
	home, by := models.Account{ID: models.DefaultOrganizationID, Email: "@hollenbeck.example"}, c.actor(c.people[olga])
	if c.rand.IntN(100) >= ownShare {
		home = pick(c, c.homes[:1+c.rand.IntN(len(c.homes))]) // the first ones are large
		by = core.Actor{ID: home.ID, Name: home.Name, Kind: home.Kind, Address: c.networks[home.ID]}
	}
	days = 1 + c.rand.IntN(90)
	switch {
	case happens == waiting:
		days = c.rand.IntN(14)
	case happens == expired || happens == empty || c.rand.IntN(100) < importedShare:
		by, days = core.CommandLine, importedAt
	}
	a = models.Account{Kind: models.Customer, OrganizationID: &home.ID, Locale: pick(c, []string{"de", "de", "en", ""}), CreatedAt: c.weekday(days)}
	a.ID = idAt(a.CreatedAt)
	_, domain, _ := strings.Cut(home.Email, "@")
	if a.Technical = (happens == nothing || happens == disabled) && c.rand.IntN(100) < technicalShare; a.Technical {
		a.Name = c.unused([]string{"scanner", "printer", "gateway", "telemetry"}, "-", places)
		a.Email = "it@" + domain
	} else {
		a.Name = c.unused(firstNames, ".", familyNames)
		a.Email = latin.Replace(a.Name) + "@" + domain
	}
	c.describe(&a)
	c.event(a.CreatedAt, core.ActionCreated, by, a, core.DetailKind.Text(string(a.Kind)))
	return a, days
}

// givePassword sets the password with which the account was created, or the one that its owner has chosen since.
func (c *crowd) givePassword(a *models.Account, happens fate, days int) {
	c.setPassword(a, a.CreatedAt)
	switch happens {
	case waiting:
		a.OneTime = true
		if lapsed, _ := c.rules.LapsesAt(*a); !lapsed.After(c.end) {
			a.ExpiryNotice = models.ExpiryNotified
			c.event(lapsed, core.ActionLapsed, core.Actor{}, *a)
		}
	case expired:
		c.choosePassword(a, c.weekday(65+c.rand.IntN(15)))
	default:
		if at := c.weekday(c.rand.IntN(min(days, longestPassword))); !a.Technical && at.After(a.CreatedAt.Add(time.Hour)) {
			c.choosePassword(a, at)
		}
	}
}

func (c *crowd) fate() fate {
	number := c.rand.IntN(100)
	for _, one := range slices.Sorted(maps.Keys(fates)) {
		if number -= fates[one]; number < 0 {
			return one
		}
	}
	return nothing
}

// unused puts together a name that no account has.
func (c *crowd) unused(first []string, between string, second []string) string {
	name := pick(c, first) + between + pick(c, second)
	if c.numbers[name]++; c.numbers[name] > 1 {
		name += strconv.Itoa(c.numbers[name])
	}
	return name
}

func pick[T any](c *crowd, from []T) T { return from[c.rand.IntN(len(from))] }

// latin writes a name as in an e-mail address.
var latin = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "è", "e", "é", "e", "ć", "c", "ç", "c", "ğ", "g", "ł", "l", "ń", "n", "ó", "o", "ş", "s")

// weekday returns a moment in office hours of a working day, at least so many days before the end.
func (c *crowd) weekday(days int) time.Time {
	for c.day(days, 12).Weekday() == time.Saturday || c.day(days, 12).Weekday() == time.Sunday {
		days++
	}
	at := c.ago(days, 7, c.rand.IntN(10*60))
	if !at.Before(c.end) {
		at = c.end.Add(-time.Duration(1 + c.rand.Int64N(int64(time.Hour))))
	}
	return at.UTC().Truncate(time.Microsecond)
}

// idAt makes an id that belongs to a time.
func idAt(at time.Time) string { return models.NewIDs(func() time.Time { return at }, nil).New() }

// event adds an event of a time.
func (c *crowd) event(at time.Time, action string, by core.Actor, a models.Account, details ...core.Detail) {
	event := models.AuditEvent{
		ID: idAt(at), At: at, Action: action, ActorID: by.ID, ActorName: by.Name, SubjectID: a.ID, SubjectName: a.Name, OrganizationID: a.OwnerID(),
		Detail: map[string]string{}, Address: by.Address,
	}
	if by.Address != "" {
		event.RequestID = idAt(at)
	}
	for _, detail := range details {
		detail.AddTo(event)
	}
	c.events = append(c.events, event)
}

// self returns the account's owner.
func (c *crowd) self(a models.Account) core.Actor {
	return core.Actor{ID: a.ID, Name: a.Name, Kind: a.Kind, Address: c.networks[a.OwnerID()]}
}

func (c *crowd) setPassword(a *models.Account, at time.Time) {
	version := 1
	if at.After(c.ago(policyAge, 12, 1)) {
		version = 2
	}
	a.PasswordID, a.PasswordHash, a.PasswordSetAt, a.PolicyVersion = idAt(at), c.hash, &at, &version
}

// choosePassword is a change by the owner.
func (c *crowd) choosePassword(a *models.Account, at time.Time) {
	c.setPassword(a, at)
	a.OwnChangeAt, a.LastSignInAt = &at, &at
	c.event(at.Add(-time.Minute), core.ActionSignedIn, c.self(*a), *a)
	c.event(at, core.ActionPasswordOwn, c.self(*a), *a, core.DetailSessions.Count(0))
}

// come signs in on some of the last days, now and then after a mistake.
func (c *crowd) come(a *models.Account) {
	for day := 13; day >= 0; day-- {
		at := c.weekday(day)
		if c.rand.IntN(8) > 0 || a.LastSignInAt != nil && at.Before(*a.LastSignInAt) || at.Before(a.CreatedAt) {
			continue
		}
		if c.rand.IntN(15) == 0 {
			c.event(at.Add(-20*time.Second), core.ActionSignInFailed, core.Actor{Address: c.self(*a).Address}, *a, core.DetailReason.Text("wrong-password"))
		}
		a.LastSignInAt = &at
		c.event(at, core.ActionSignedIn, c.self(*a), *a)
	}
}

// notify adds the mails about the password that the jobs would have sent.
func (c *crowd) notify(a *models.Account) error {
	reminds, due := c.rules.RemindsAt(*a)
	expires, ends := c.rules.ExpiresAt(*a)
	switch {
	case ends && !expires.After(c.end):
		a.ExpiryNotice = models.ExpiryNotified
		c.event(expires, core.ActionExpired, core.Actor{}, *a)
		return c.mail(expires, models.MailExpiration, a.PasswordID, *a, models.MailData{ExpiresAt: expires})
	case due && !reminds.After(c.end):
		a.ExpiryNotice = models.Reminded
		return c.mail(reminds, models.MailReminder, a.PasswordID, *a, models.MailData{ExpiresAt: expires})
	default:
		return nil
	}
}

// attack fails until the account is blocked without an end, on the last night to a Monday.
func (c *crowd) attack(a *models.Account) error {
	days := 0
	for c.day(days, 2).Weekday() != time.Monday || !c.day(days, 7).Before(c.end) {
		days++
	}
	at := c.ago(days, 1, c.rand.IntN(5*60)).UTC().Truncate(time.Microsecond)
	from := core.Actor{Address: fmt.Sprintf("2001:db8:bad:%x::1", c.rand.IntN(40))}
	for range accountAttempts {
		c.event(at, core.ActionSignInFailed, from, *a, core.DetailReason.Text("wrong-password"))
		at = at.Add(time.Duration(1+c.rand.IntN(5)) * time.Second)
	}
	a.BlockedAt, a.FailedAttempts, a.FailedInRow = &at, accountAttempts, AttemptsCap
	c.event(at, core.ActionBlacklisted, core.Actor{}, *a, core.DetailAttempts.Count(accountAttempts))
	return c.mail(at, models.MailBlacklisted, idAt(at), *a, models.MailData{BlockedAt: at, Attempts: accountAttempts})
}

// mail adds a mail that was captured at its time.
func (c *crowd) mail(at time.Time, template, cause string, a models.Account, data models.MailData) error {
	id := idAt(at)
	data.Name = a.DisplayName
	mail := models.Mail{
		ID: id, Template: template, OnceKey: template + ":" + cause, AccountID: &a.ID, AccountName: a.Name,
		Recipient: notify.Recipient(a), Locale: a.Locale, Data: data, State: models.MailCaptured, CreatedAt: at, NextTryAt: at, DoneAt: &at,
		MessageID: "<" + id + "@" + c.accounts.Settings().MailHost + ">",
	}
	if template != models.MailBlacklisted {
		mail.PasswordID = cause
	}
	text, err := c.mailer.Render(mail, "")
	mail.Subject, mail.TextBody, mail.HTMLBody = text.Subject, text.Text, text.HTML
	c.mails = append(c.mails, mail)
	return err
}

// add adds a finished account.
func (c *crowd) add(a models.Account) error {
	who, err := identifier.Parse(a.Name, a.Email)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", a.Name, a.Email, err)
	}
	a.NameKey, a.EmailKey = who.NameKey, who.Email.Key
	c.rows, c.keys = append(c.rows, a), append(c.keys, who.Keys(a.Technical))
	return nil
}

// write writes everything in the order of the ids, for which the engines need the least time.
func (c *crowd) write(ctx context.Context) error {
	slices.SortFunc(c.events, func(a, b models.AuditEvent) int { return cmp.Compare(a.ID, b.ID) })
	return c.db.Update(ctx, func(tx *models.Tx) error {
		if err := tx.CreateAccounts(c.rows, c.keys); err != nil {
			return err
		}
		for part := range slices.Chunk(c.events, 1000) {
			if err := tx.Audit(part...); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(c.mails, 200) {
			if _, err := tx.QueueNotices(part); err != nil {
				return err
			}
		}
		return nil
	})
}
