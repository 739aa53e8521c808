package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"latchkey/models"
)

// oneTimeValid is the default of LATCHKEY_ONE_TIME_PASSWORD_VALID.
const oneTimeValid = 168 * time.Hour

// organizations is how many there are; the list offers them all as a filter.
const organizations = 100

// frequentSearch is part of one in ten names.
const frequentSearch = "sch"

var (
	firstNames = []string{"anna", "bruno", "chen", "dilara", "emil", "fatou", "greta", "hugo", "ines", "jonas"}
	lastNames  = []string{"adler", "berg", "costa", "diallo", "evans", "fischer", "garcia", "haas", "ivanov", "jansen"}
)

// mix is of what a hundred accounts are; the rest is active. The order is that in which the dice are read.
var mix = []struct {
	state models.State
	share int // per cent
}{
	{models.Disabled, 4}, {models.Blacklisted, 1}, {models.NoPassword, 1}, {models.OneTimeLapsed, 2},
	{models.OneTimeWaiting, 3}, {models.MustChange, 2}, {models.Expired, 7},
}

// seeder makes accounts up. The same number always gives the same ones, but for ids and times.
type seeder struct {
	dice          *rand.Rand
	ids           *models.IDs
	now           time.Time
	hash          string
	organizations []string
}

func newSeeder(hash string) *seeder {
	return &seeder{
		dice: rand.New(rand.NewPCG(1, 2)), ids: models.NewIDs(time.Now, nil), hash: hash,
		now: time.Now().UTC().Truncate(time.Microsecond),
	}
}

// account makes up the i-th account; the first ones are organizations.
func (s *seeder) account(i int) models.Account {
	name := fmt.Sprintf("%s.%s%d", firstNames[s.dice.IntN(10)], lastNames[s.dice.IntN(10)], i)
	a := models.Account{
		ID: s.ids.New(), Kind: models.Customer, Name: name, NameKey: name, Email: name + "@example.org",
		EmailKey: name + "@example.org", CreatedAt: s.ago(100, 700), PasswordID: s.ids.New(), PasswordHash: s.hash,
	}
	a.PasswordSetAt = at(s.ago(1, 58)) // before the reminder is due
	if i < organizations {
		a.Kind = models.Organization
		s.organizations = append(s.organizations, a.ID)
		return a
	}
	a.OrganizationID = &s.organizations[s.dice.IntN(organizations)]
	s.bring(&a, s.state())
	return a
}

func (s *seeder) state() models.State {
	thrown := s.dice.IntN(100)
	for _, m := range mix {
		if thrown -= m.share; thrown < 0 {
			return m.state
		}
	}
	return models.Active
}

// bring brings an active account into the state. Whatever tells its owner has happened, so that nothing is due.
func (s *seeder) bring(a *models.Account, state models.State) {
	switch state {
	case models.Disabled:
		a.DisabledAt = at(s.ago(1, 50))
	case models.Blacklisted:
		until := s.now.Add(time.Hour)
		a.FailedAttempts, a.FailedInRow, a.BlockedAt, a.BlockedUntil = 10, 10, &s.now, &until
	case models.NoPassword:
		a.PasswordHash, a.PasswordID, a.PasswordSetAt = "", "", nil
	case models.OneTimeLapsed:
		a.OneTime, a.PasswordSetAt, a.ExpiryNotice = true, at(s.ago(8, 60)), models.ExpiryNotified
	case models.OneTimeWaiting:
		a.OneTime, a.PasswordSetAt = true, at(s.ago(0, 6))
	case models.MustChange:
		a.MustChange = true
	case models.Expired:
		a.PasswordSetAt, a.ExpiryNotice = at(s.ago(65, 400)), models.ExpiryNotified
	case models.Active:
		a.Technical = s.dice.IntN(50) == 0
	}
}

// ago is a time between so many days ago.
func (s *seeder) ago(least, most int) time.Time {
	const day = 24 * time.Hour
	span := time.Duration(most-least) * day
	return s.now.Add(-time.Duration(least)*day - time.Duration(s.dice.Int64N(int64(span)))).Truncate(time.Microsecond)
}

func at(t time.Time) *time.Time { return &t }

// seed fills the site's database, which no program uses meanwhile.
func (s *site) seed(ctx context.Context) error {
	seeder, err := seederWithHash()
	if err != nil {
		return err
	}
	table, err := openTable(s)
	if err != nil {
		return err
	}
	defer table.close()
	if err := table.fill(ctx, s.accounts, seeder.account); err != nil {
		return err
	}
	s.middle, err = table.middle(ctx)
	return err
}
