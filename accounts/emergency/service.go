package emergency

import (
	"context"
	"strconv"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/session"
	"latchkey/models"
)

// Options are what a [Service] is made of.
type Options struct {
	Core     *core.Core
	Sessions *session.Service
	Off      bool // codes open nothing
}

// Service manages emergency codes, and opens sessions with them. It is safe for concurrent use.
type Service struct {
	core     *core.Core
	sessions *session.Service
	off      bool
}

// New makes a service.
func New(o Options) *Service { return &Service{core: o.Core, sessions: o.Sessions, off: o.Off} }

// Off means that emergency access is switched off.
var Off = core.OffError{Setting: "COMPLIANCE_DISABLE_EMERGENCY_CODES"}

// Limits of emergency codes.
const (
	MaxCodes = 10   // of an account
	MaxLead  = 8760 // hours: a year

	DefaultLead = 24 // hours

	maxLeadText = 16 // bytes of a lead time as it is typed
)

// form is the form of emergency codes. Their 125 bits cannot be guessed from a hash.
var form = credential.CodeForm{Length: 25, Group: 5}

// Errors of emergency codes.
const (
	ErrTooMany   core.Code = "emergency.too_many"
	errPerson    core.Code = "emergency.person_missing"
	errLead      core.Code = "emergency.lead_invalid"
	errForm      core.Code = "emergency.code_invalid"
	errWrong     core.Code = "emergency.code_wrong"
	errNotActive core.Code = "emergency.not_active"
)

// check refuses what emergency access does not allow: that it is switched off, or that the actor is not the account's owner.
func (s *Service) check(actor core.Actor) error {
	if s.off {
		return Off
	}
	return actor.CheckOwner()
}

// Own returns the actor's codes that have not ended, the oldest first.
func (s *Service) Own(ctx context.Context, actor core.Actor) ([]models.EmergencyCode, error) {
	if err := s.check(actor); err != nil {
		return nil, err
	}
	return s.of(s.core.DB.Read(ctx), actor.ID)
}

// Of returns the codes, which have not ended, of an account that the actor may see; none if they are switched off.
func (s *Service) Of(ctx context.Context, actor core.Actor, account models.Account) ([]models.EmergencyCode, error) {
	switch {
	case !actor.Sees(account):
		return nil, core.ErrNotFound
	case s.off:
		return nil, nil
	}
	return s.of(s.core.DB.Read(ctx), account.ID)
}

func (s *Service) of(tx *models.Tx, accountID string) (list []models.EmergencyCode, err error) {
	codes, err := tx.EmergencyCodes(accountID)
	for _, code := range codes {
		if code.State(s.core.Now()) != models.EmergencyEnded {
			list = append(list, code)
		}
	}
	return list, err
}

// Active returns the codes that are on the way into an account, or in, for its owner's pages. It runs no query if no code was used.
func (s *Service) Active(ctx context.Context, account models.Account) (list []models.EmergencyCode, err error) {
	if s.off || !account.Emergency {
		return nil, nil
	}
	codes, err := s.of(s.core.DB.Read(ctx), account.ID)
	for _, code := range codes {
		if code.ArmedAt != nil {
			list = append(list, code)
		}
	}
	return list, err
}

// Add makes a code for a person, which can get into the actor's account after the lead time in hours. It is shown once. Submission is the
// id of the form, which is good for one code; "" = it has none.
func (s *Service) Add(ctx context.Context, actor core.Actor, person, leadHours, submission string) (added models.EmergencyCode, shown string, err error) {
	if err := s.check(actor); err != nil {
		return added, "", err
	}
	added, err = parse(person, leadHours)
	if err != nil {
		return added, "", err
	}
	if submission != "" && !models.IsID(submission) {
		return added, "", core.Invalid("submission", core.ErrFormInvalid)
	}
	if shown, err = form.New(s.core.Random()); err != nil {
		return added, "", err
	}
	code, _ := form.Parse(shown)
	added.ID, added.AccountID, added.Hash, added.CreatedAt = s.core.NewID(), actor.ID, hashOf(actor.ID, code), s.core.Now()
	err = s.core.Update(ctx, actor, func(tx *models.Tx) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := s.core.Submit(tx, submission, actor.ID); err != nil {
			return err
		}
		if codes, err := s.of(tx, actor.ID); err != nil {
			return err
		} else if len(codes) >= MaxCodes {
			return ErrTooMany
		}
		if err := tx.CreateEmergencyCode(added); err != nil {
			return err
		}
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		return s.core.Audit(tx, actor, core.ActionEmergencyAdded, account,
			core.DetailPerson.Text(added.Person), core.DetailLead.Count(int(added.Lead()/time.Hour)))
	})
	return added, shown, err
}

// parse reads who gets a code, and its lead time.
func parse(person, leadHours string) (code models.EmergencyCode, err error) {
	var wrong core.FieldErrors
	code.Person, err = identifier.ParsePerson(person)
	if err := wrong.Add(err); err != nil {
		return code, err
	}
	if err == nil && code.Person == "" {
		wrong.AddField("person", errPerson)
	}
	hours, err := strconv.Atoi(identifier.Trim(leadHours[:min(len(leadHours), maxLeadText)]))
	if err != nil || len(leadHours) > maxLeadText || hours < 0 || hours > MaxLead {
		_ = wrong.Add(core.InvalidWith("lead_hours", errLead, core.Params{"most": MaxLead}))
	}
	code.LeadSeconds = int64(time.Duration(hours) * time.Hour / time.Second)
	return code, wrong.Err()
}

// hashOf returns what is stored of a code. With the account's id, equal codes of two accounts differ.
func hashOf(accountID, code string) string { return core.HashToken(accountID + ":" + code) }

// Delete removes one of the actor's codes, and ends the session that it has opened.
func (s *Service) Delete(ctx context.Context, actor core.Actor, id string) error {
	return s.endOwn(ctx, actor, id, func(tx *models.Tx, code models.EmergencyCode) error {
		if code.ArmedAt != nil { // which is urgent
			return nil
		}
		return s.core.CheckConfirmed(tx, actor)
	})
}

// Stop ends emergency access to the actor's account that waits or is open. Its code opens nothing any more. It asks nothing, since it is
// urgent.
func (s *Service) Stop(ctx context.Context, actor core.Actor, id string) error {
	return s.endOwn(ctx, actor, id, func(_ *models.Tx, code models.EmergencyCode) error { return checkArmed(code) })
}

func checkArmed(code models.EmergencyCode) error {
	if code.ArmedAt == nil {
		return errNotActive
	}
	return nil
}

func (s *Service) endOwn(ctx context.Context, actor core.Actor, id string, check func(*models.Tx, models.EmergencyCode) error) error {
	if err := s.check(actor); err != nil {
		return err
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.core.Update(ctx, actor, func(tx *models.Tx) error {
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		code, err := tx.EmergencyCode(actor.ID, id)
		if err != nil {
			return core.NotFound(err)
		}
		if err := check(tx, code); err != nil {
			return err
		}
		return s.end(tx, actor, account, code)
	})
}

// StopOf is [Service.Stop] of an account that the actor may change.
func (s *Service) StopOf(ctx context.Context, actor core.Actor, accountID, id string) error {
	if s.off {
		return Off
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.core.Change(ctx, actor, accountID, func(tx *models.Tx, account *models.Account) error {
		code, err := tx.EmergencyCode(account.ID, id)
		if err != nil {
			return core.NotFound(err)
		}
		if err := checkArmed(code); err != nil {
			return err
		}
		return s.end(tx, actor, *account, code)
	})
}

// EndIn ends all codes of an account that were used, in the transaction of another change of the account, which is locked; with unused,
// the others too.
func (s *Service) EndIn(tx *models.Tx, actor core.Actor, account models.Account, unused bool) error {
	codes, err := tx.EmergencyCodes(account.ID)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if code.ArmedAt == nil && !unused {
			continue
		}
		if err := s.end(tx, actor, account, code); err != nil {
			return err
		}
	}
	return nil
}

// end deletes a code, which ends its session too.
func (s *Service) end(tx *models.Tx, actor core.Actor, account models.Account, code models.EmergencyCode) error {
	if err := tx.DeleteEmergencyCode(account.ID, code.ID); err != nil {
		return core.NotFound(err)
	}
	action := core.ActionEmergencyStopped
	switch {
	case code.ArmedAt == nil:
		action = core.ActionEmergencyRemoved
	case code.State(s.core.Now()) == models.EmergencyEnded: // nothing is stopped
		return nil
	}
	return s.core.Audit(tx, actor, action, account, core.DetailPerson.Text(code.Person))
}

// Entered is the outcome of a right code: a session, or for how long the lead time still runs.
type Entered struct {
	session.SignedIn
	Waits time.Duration // until the code opens a session
	Opens bool          // a session was opened
}

// gateLead is the gate of [session.SignedIn] while the lead time of a code runs.
const gateLead = "lead-time"

// Enter gets into the account with the name or e-mail address by an emergency code. Its first use arms it, of which the owner is notified;
// after the lead time it opens a session, once. Failures are those of [session.Service.SignIn].
func (s *Service) Enter(ctx context.Context, nameOrEmail, typed string, from core.ClientInfo) (entered Entered, err error) {
	var code models.EmergencyCode
	read := func() (session.Proof, error) {
		text, ok := form.Parse(typed)
		if !ok {
			return session.Proof{}, core.Invalid("code", errForm)
		}
		return session.Proof{
			Field: "code",
			Verify: func(ctx context.Context, account models.Account) (found bool, err error) {
				code, found, err = s.core.DB.Read(ctx).EmergencyCodeByHash(account.ID, hashOf(account.ID, text))
				return found && s.opens(code), err
			},
			Spend: func(tx *models.Tx) (usable bool, err error) { // the account is locked now
				code, err = tx.EmergencyCode(code.AccountID, code.ID)
				return err == nil && s.opens(code), core.IgnoreNotFound(err)
			},
		}, nil
	}
	entered.SignedIn, err = s.sessions.SignInByCode(ctx, nameOrEmail, from, read, s.off,
		func(tx *models.Tx, account *models.Account) (in session.SignedIn, complete bool, err error) {
			entered, err = s.enter(tx, *account, from, code)
			return entered.SignedIn, false, err // it is not the owner
		})
	return entered, err
}

// opens reports whether a code can still open a session.
func (s *Service) opens(code models.EmergencyCode) bool {
	state := code.State(s.core.Now())
	return state == models.EmergencyReady || state == models.EmergencyWaiting || state == models.EmergencyOpen
}

// enter arms a code, or opens a session with it.
func (s *Service) enter(tx *models.Tx, account models.Account, from core.ClientInfo, code models.EmergencyCode) (entered Entered, err error) {
	now, actor := s.core.Now(), from.Actor()
	switch code.State(now) {
	case models.EmergencyReady:
		if code, err = tx.ArmEmergencyCode(code, now); err != nil {
			return entered, err
		}
		err = s.core.Audit(tx, actor, core.ActionEmergencyRequested, account,
			core.DetailPerson.Text(code.Person), core.DetailOpensAt.Time(code.OpensAt()))
	case models.EmergencyOpen:
		if err := tx.UseEmergencyCode(code.ID, now); err != nil {
			return entered, err
		}
		entered.Opens = true
		if entered.SignedIn, err = s.sessions.OpenEmergency(tx, account, from, code); err != nil {
			return entered, err
		}
		return entered, s.core.Audit(tx, actor, core.ActionEmergencyUsed, account,
			core.DetailPerson.Text(code.Person), core.DetailUntil.Time(now.Add(models.EmergencyTime)))
	}
	entered.SignedIn = session.SignedIn{Account: account, Gate: gateLead}
	entered.Waits = code.OpensAt().Sub(now)
	return entered, err
}

// Confirm shows that the person in an emergency session still has its code; see [session.Service.ConfirmEmergency].
func (s *Service) Confirm(ctx context.Context, current session.Current, from core.ClientInfo, typed string) (session.SignedIn, error) {
	read := func() (session.Proof, error) {
		text, ok := form.Parse(typed)
		if !ok {
			return session.Proof{}, core.Invalid("code", errForm)
		}
		return session.Proof{Field: "code", Error: errWrong, Verify: func(ctx context.Context, account models.Account) (bool, error) {
			code, found, err := s.core.DB.Read(ctx).EmergencyCodeByHash(account.ID, hashOf(account.ID, text))
			return found && current.Session.EmergencyCodeID != nil && code.ID == *current.Session.EmergencyCodeID, err
		}}, nil
	}
	return s.sessions.ConfirmEmergency(ctx, current, from, read)
}

// Armed returns codes that are on the way into accounts that the actor looks after, or in: first those that are in, then by when they open.
func (s *Service) Armed(ctx context.Context, actor core.Actor, limit int) (list []models.ArmedCode, err error) {
	if s.off || !actor.MayOperate() {
		return nil, nil
	}
	return s.core.DB.Read(ctx).ArmedCodes(actor.Scope(), actor.ID, s.core.Now(), limit)
}

// purgeLimit is how many ended codes are removed at a time.
const purgeLimit = 500

// PurgeEnded removes codes that have ended: used ones with their session, and those that opened none in time.
func (s *Service) PurgeEnded(ctx context.Context) error {
	codes, err := s.core.DB.Read(ctx).EndedEmergencyCodes(s.core.Now(), purgeLimit)
	if err != nil {
		return err
	}
	for _, code := range codes {
		err := s.core.DB.Update(ctx, func(tx *models.Tx) error {
			account, err := tx.AccountForUpdate(code.AccountID)
			if err != nil {
				return err
			}
			code, err := tx.EmergencyCode(account.ID, code.ID) // it may have opened a session since
			if err != nil || code.State(s.core.Now()) != models.EmergencyEnded {
				return err
			}
			if err := tx.DeleteEmergencyCode(account.ID, code.ID); err != nil || code.UsedAt != nil {
				return err
			}
			return s.core.Audit(tx, core.Actor{}, core.ActionEmergencyLapsed, account, core.DetailPerson.Text(code.Person))
		})
		if core.IgnoreNotFound(err) != nil { // another process may have done it, or the account is gone
			return err
		}
	}
	return nil
}
