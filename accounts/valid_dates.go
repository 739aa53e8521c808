package accounts

import (
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/models"
)

// ValidDates are the first and the last day on which an account is open, in the form 2006-01-02; "" = no bound. A nil day stays as it is.
type ValidDates struct{ From, Until *string }

// What is wrong with the dates of an account.
const (
	errDate            core.Code = "date.invalid"
	errUntilBeforeFrom core.Code = "valid_until.before_from"
	errDatesOfLast     core.Code = "valid_until.last_superadmin"
)

// Years of valid dates.
const (
	firstYear = 1970
	lastYear  = 2999

	maxDateText = 64 // bytes of a date as it is typed
)

// parse returns the days as they are stored. Its [core.ValidationError] lists everything that is wrong with them.
func (d ValidDates) parse() (ValidDates, error) {
	var wrong core.FieldErrors
	for _, field := range []struct {
		name string
		day  **string
	}{{"valid_from", &d.From}, {"valid_until", &d.Until}} {
		if *field.day == nil {
			continue
		}
		typed := **field.day
		text := identifier.Trim(typed[:min(len(typed), maxDateText)])
		at, err := time.Parse(time.DateOnly, text)
		if len(typed) > maxDateText || text != "" && (err != nil || at.Year() < firstYear || at.Year() > lastYear) {
			wrong.AddField(field.name, errDate)
		}
		*field.day = &text
	}
	if err := wrong.Err(); err != nil {
		return ValidDates{}, err
	}
	return d, nil
}

// set sets the days of an account, or returns a [core.ValidationError].
func (d ValidDates) set(a *models.Account) error {
	if d.From != nil {
		a.ValidFrom = *d.From
	}
	if d.Until != nil && *d.Until != a.ValidUntil {
		a.ValidUntil, a.EndNotice = *d.Until, "" // of which the owner is notified anew
	}
	if a.ValidUntil != "" && a.ValidUntil < a.ValidFrom {
		return core.Invalid("valid_until", errUntilBeforeFrom)
	}
	return nil
}

// changeDates carries out that the dates of an account have changed, before it is saved: the last SuperAdmin has to stay, and what was
// opened before the account was closed stays closed.
func (s *Service) changeDates(tx *models.Tx, actor core.Actor, before models.Account, after *models.Account) error {
	if before.ValidFrom == after.ValidFrom && before.ValidUntil == after.ValidUntil {
		return nil
	}
	if err := s.checkDatesOfLast(tx, *after); err != nil {
		return err
	}
	today := s.core.Today()
	if before.Closed(today) == "" && after.Closed(today) == "" {
		return nil
	}
	s.startUse(after)
	if _, err := tx.EndSessions(after.ID, ""); err != nil {
		return err
	}
	if err := tx.DeleteAPITokensOf(after.ID); err != nil {
		return err
	}
	if before.Closed(today) == models.Ended { // an invitation stays good if the first day is moved
		if err := credential.EndLinks(tx, after.ID, s.core.Now()); err != nil {
			return err
		}
	}
	if err := s.replaceUnsent(tx, actor, before, after); err != nil {
		return err
	}
	return s.Emergency.EndIn(tx, actor, *after, false)
}

// checkDatesOfLast returns an error if with the dates of the account no SuperAdmin could sign in on some day.
func (s *Service) checkDatesOfLast(tx *models.Tx, after models.Account) error {
	if after.Kind != models.SuperAdmin || after.DisabledAt != nil {
		return nil
	}
	all, err := tx.LockEnabledSuperAdmins() // which [core.Core.Change] has locked already, in this order
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID == after.ID {
			all[i] = after
		}
	}
	if !s.alwaysOpen(all) {
		return core.Invalid("valid_until", errDatesOfLast)
	}
	return nil
}

// replaceUnsent replaces links of operators whose mails wait to be sent on the former first day. Links that were sent stay.
func (s *Service) replaceUnsent(tx *models.Tx, actor core.Actor, before models.Account, after *models.Account) error {
	ends := after.Technical || after.Closed(s.core.Today()) == models.Ended || before.EmailKey != after.EmailKey // the links, in other places
	if before.ValidFrom == after.ValidFrom || after.DisabledAt != nil || ends {
		return nil
	}
	links, err := tx.PasswordLinks(after.ID)
	if err != nil {
		return err
	}
	now := s.core.Now()
	for _, link := range links {
		if link.Purpose == models.LinkForgotten || link.State(now) != models.LinkNotSent || !link.Opens(*after, now) {
			continue
		}
		if err := tx.RevokeLink(link.ID, now); err != nil {
			return err
		}
		if err := s.Links.SendIn(tx, actor, after, link.Purpose); err != nil {
			return err
		}
	}
	return nil
}

// startUse lets the time begin in which an account is not used: now, or on its first day.
func (s *Service) startUse(account *models.Account) {
	account.ActiveAt = s.core.Now()
	if first, err := s.core.DayStart(account.ValidFrom); err == nil && first.After(account.ActiveAt) {
		account.ActiveAt = first.UTC()
	}
}

// datesOf names the days that differ, for the audit log.
func datesOf(before, after models.Account) (details []core.Detail) {
	if before.ValidFrom != after.ValidFrom {
		details = append(details, core.DetailValidFrom.Text(after.ValidFrom))
	}
	if before.ValidUntil != after.ValidUntil {
		details = append(details, core.DetailValidUntil.Text(after.ValidUntil))
	}
	return details
}

// alwaysOpen reports whether one of the SuperAdmins at least can sign in today and is open on every later day. Those without a password,
// such as invited ones, and those whose one-time password has lapsed do not count.
func (s *Service) alwaysOpen(superAdmins []models.Account) bool {
	cutoffs := s.Policies.Current().Cutoffs()
	for day := cutoffs.Today; day != ""; {
		last := ""
		for _, account := range superAdmins {
			switch {
			case account.PasswordHash == "" || cutoffs.Lapsed(account) || account.Closed(day) != "":
			case account.ValidUntil == "":
				return true
			default:
				last = max(last, account.ValidUntil)
			}
		}
		day = dayAfter(last)
	}
	return false
}

// dayAfter returns the next day; "" = there is none.
func dayAfter(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, 1).Format(time.DateOnly)
}
