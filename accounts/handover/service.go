package handover

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"latchkey/accounts/core"
	"latchkey/accounts/credential"
	"latchkey/accounts/identifier"
	"latchkey/accounts/policy"
	"latchkey/internal/seal"
	"latchkey/models"
	"latchkey/password"
)

// Notices notify the makers of links.
type Notices interface {
	// SecretLinkRead queues the mail about the first time that a link was read. The account is the one whose password it holds.
	SecretLinkRead(tx *models.Tx, maker, account models.Account, use models.SecretLinkUse) error
}

// Options are what a [Service] is made of.
type Options struct {
	Core     *core.Core
	Policies *policy.Source
	Pool     *credential.Pool
	Notices  Notices
	Off      bool          // links neither exist nor open anything
	Keep     time.Duration // how long receipts are kept; 0 or more than [maxKeep]: that
}

// Service makes, opens, lists and revokes secret links. It is safe for concurrent use.
type Service struct{ Options }

// New makes a service.
func New(o Options) *Service {
	if o.Keep <= 0 || o.Keep > maxKeep {
		o.Keep = maxKeep
	}
	return &Service{o}
}

// Off means that secret links are switched off.
var Off = core.OffError{Setting: "COMPLIANCE_DISABLE_LINK_SHARES"}

// Limits of secret links.
const (
	MaxReads     = 100
	DefaultReads = 1

	MinValid     = 10 * time.Minute
	MaxValid     = 30 * 24 * time.Hour
	DefaultValid = 24 * time.Hour
	LetterValid  = 7 * 24 * time.Hour // by default: letters are carried or posted

	MaxPassphrase = 256 // bytes
	MaxTries      = 5   // for the passphrase

	maxNumber = 16 // bytes of a number as it is typed
	maxKeep   = 90 * 24 * time.Hour
)

// Errors of secret links.
const (
	errHow               core.Code = "handover.unknown"
	errReads             core.Code = "handover.reads_invalid"
	errValid             core.Code = "handover.valid_minutes_invalid"
	errPassphraseTooLong core.Code = "handover.passphrase_too_long"
	errPassphraseMissing core.Code = "handover.passphrase_missing"
	errPassphraseWrong   core.Code = "handover.passphrase_wrong"
	errClosed            core.Code = "handover.account_closed"
)

// The ways to hand over a password.
const (
	ByLink  = "secret-link"
	BySheet = "sheet" // a printed letter with a secret link
)

// Form is what a link should be, as it was typed. Empty fields have their defaults.
type Form struct{ How, Reads, Minutes, Passphrase string }

// Order is a [Form] that was checked.
type Order struct {
	reads      int
	valid      time.Duration
	passphrase string // normalized; "" = none
}

// Check checks a form for a password that is valid for at most that long; 0 = without an end.
func (s *Service) Check(form Form, longest time.Duration) (order Order, err error) {
	if s.Off {
		return order, Off
	}
	var wrong core.FieldErrors
	if form.How != "" && form.How != ByLink && form.How != BySheet {
		wrong.AddField("hand_over", errHow)
	}
	order.reads = DefaultReads
	if form.Reads != "" {
		order.reads = number(form.Reads)
	}
	if order.reads < 1 || order.reads > MaxReads {
		_ = wrong.Add(core.InvalidWith("reads", errReads, core.Params{"most": MaxReads}))
	}
	least, most := Limits(longest)
	order.valid = min(DefaultValid, most)
	if form.How == BySheet {
		order.valid = min(LetterValid, most)
	}
	if form.Minutes != "" {
		order.valid = time.Duration(number(form.Minutes)) * time.Minute
	}
	if order.valid < least || order.valid > most {
		_ = wrong.Add(core.InvalidWith("valid_minutes", errValid, core.Params{"least": int(least / time.Minute), "most": int(most / time.Minute)}))
	}
	if order.passphrase, err = passphraseOf(form.Passphrase); form.Passphrase != "" {
		_ = wrong.Add(err)
	}
	return order, wrong.Err()
}

// Limits returns how long a link can be valid at least and at most.
func Limits(longest time.Duration) (least, most time.Duration) {
	most = MaxValid
	if longest > 0 {
		most = min(most, longest)
	}
	return min(MinValid, most), most
}

// number reads a whole number; -1 = it is none.
func number(text string) int {
	n, err := strconv.Atoi(identifier.Trim(text[:min(len(text), maxNumber)]))
	if err != nil || len(text) > maxNumber || n > int(MaxValid/time.Minute) {
		return -1
	}
	return n
}

// passphraseOf normalizes a passphrase.
func passphraseOf(typed string) (string, error) {
	if len(typed) > MaxPassphrase {
		return "", core.InvalidWith("passphrase", errPassphraseTooLong, core.Params{"limit": MaxPassphrase})
	}
	normalized, err := password.Normalize(typed)
	switch {
	case errors.Is(err, password.ErrEmpty):
		return "", core.Invalid("passphrase", errPassphraseMissing)
	case err != nil:
		return "", credential.Problem("passphrase", err)
	}
	return normalized, nil
}

// Prepared is a link that can be stored. Token is the secret part of its address, which is shown once.
type Prepared struct {
	Token string
	order Order
	link  models.SecretLink
}

// Prepare makes a link that holds a password. It is called within [credential.Pool.Do], since a passphrase costs hashes.
func (s *Service) Prepare(ctx context.Context, order Order, secret string) (Prepared, error) {
	p := Prepared{order: order, link: models.SecretLink{
		ID: s.Core.NewID(), Reads: order.reads, ReadsLeft: order.reads, TriesLeft: MaxTries,
	}}
	p.Token, p.link.TokenHash = s.Core.Token()
	hash := ""
	if order.passphrase != "" {
		other, _ := s.Core.Token() // so that the salt is stored with a hash that says nothing of the passphrase
		var err error
		if p.link.Salt, err = s.Pool.Hash(ctx, other); err != nil {
			return p, err
		}
		if hash, err = s.Pool.HashLike(ctx, p.link.Salt, order.passphrase); err != nil {
			return p, err
		}
	}
	key, err := keyOf(p.Token, hash)
	if err == nil {
		p.link.Sealed = key.Seal([]byte(secret), p.link.ID)
	}
	return p, err
}

// keyOf derives the key of what a link holds from its token and, if there is a passphrase, its hash. The database has neither.
func keyOf(token, hash string) (*seal.Key, error) {
	return seal.Derive([]byte(token+"\x00"+hash), "latchkey secret link")
}

// Link returns the link, which is stored by then.
func (p Prepared) Link() models.SecretLink { return p.link }

// Create stores a link with the password that the account has now.
func (s *Service) Create(tx *models.Tx, actor core.Actor, account models.Account, p *Prepared) error {
	if s.Off {
		return Off
	}
	if closed := account.Closed(s.Core.Today()); closed == models.Disabled || closed == models.Ended {
		return core.Invalid("hand_over", errClosed)
	}
	link, now := &p.link, s.Core.Now()
	link.AccountID, link.PasswordID, link.MakerName, link.CreatedAt, link.EndsAt = account.ID, account.PasswordID, actor.Name, now, now.Add(p.order.valid)
	if actor.ID != "" {
		link.MakerID = &actor.ID
	}
	if err := tx.CreateSecretLink(*link); err != nil {
		return err
	}
	return s.Core.Audit(tx, actor, core.ActionSecretLinkCreated, account,
		core.DetailReads.Count(link.Reads), core.DetailUntil.Time(link.EndsAt), core.DetailPassphrase.Flag(link.Salt != ""))
}

// Waiting is what the page of a link shows before it is read.
type Waiting struct {
	Maker      string // what the maker is called; "" = made by a command
	Passphrase bool   // it has to be given
	ReadsLeft  int
}

// Find returns what can be seen of a link without reading it. Every link that opens nothing is [core.ErrLink].
func (s *Service) Find(ctx context.Context, token string) (Waiting, error) {
	link, _, err := s.find(ctx, token)
	if err != nil {
		return Waiting{}, err
	}
	waiting := Waiting{Maker: link.MakerName, Passphrase: link.Salt != "", ReadsLeft: link.ReadsLeft}
	if link.MakerID != nil {
		maker, err := s.Core.DB.Read(ctx).Account(*link.MakerID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return Waiting{}, err
		}
		waiting.Maker = cmp.Or(maker.DisplayName, waiting.Maker) // a reader may not know the account name
	}
	return waiting, nil
}

func (s *Service) find(ctx context.Context, token string) (link models.SecretLink, account models.Account, err error) {
	read := s.Core.DB.Read(ctx)
	if link, err = read.SecretLinkByToken(core.HashToken(token)); core.IgnoreNotFound(err) == nil {
		account, err = read.Account(link.AccountID) // also of an unknown link, so that it takes as long
	}
	switch {
	case errors.Is(err, models.ErrNotFound):
		return models.SecretLink{}, account, core.ErrLink
	case err != nil:
		return models.SecretLink{}, account, err
	case s.Off || link.TriesLeft == 0 || !s.opens(ctx, link, account):
		return models.SecretLink{}, account, core.ErrLink
	}
	return link, account, nil
}

// opens reports whether a link has not ended, and its password opens the account now or on a day to come.
func (s *Service) opens(ctx context.Context, link models.SecretLink, account models.Account) bool {
	now, closed := s.Core.Now(), account.Closed(s.Core.Today())
	lapses, lapsing := s.Policies.For(ctx).LapsesAt(account)
	return link.State(now) == models.SecretLinkOpen && link.PasswordID == account.PasswordID &&
		closed != models.Disabled && closed != models.Ended && (!lapsing || now.Before(lapses))
}

// Opened is what a link held.
type Opened struct {
	Account   models.Account
	Password  string
	ReadsLeft int
}

// Read opens a link once. Every link that opens nothing is [core.ErrLink]; a wrong passphrase is an error of its field, and the last of
// [MaxTries] ends the link.
func (s *Service) Read(ctx context.Context, token, passphrase string, from core.ClientInfo) (opened Opened, err error) {
	link, account, err := s.find(ctx, token)
	if err != nil {
		return opened, err
	}
	var secret []byte
	if link.Salt == "" {
		secret, err = open(link, token, "")
	} else {
		secret, err = s.openWith(ctx, link, account, token, passphrase, from)
	}
	if err != nil {
		return opened, err
	}
	opened = Opened{Account: account, Password: string(secret)}
	opened.ReadsLeft, err = s.spend(ctx, link, from)
	return opened, err
}

func open(link models.SecretLink, token, hash string) ([]byte, error) {
	key, err := keyOf(token, hash)
	if err != nil {
		return nil, err
	}
	return key.Open(link.Sealed, link.ID)
}

// openWith opens what a link with a passphrase holds. A try is counted before it is compared, so that parallel ones are counted too.
func (s *Service) openWith(ctx context.Context, link models.SecretLink, account models.Account, token, typed string, from core.ClientInfo) (secret []byte, err error) {
	passphrase, err := passphraseOf(typed)
	if err != nil {
		return nil, err
	}
	err = s.Pool.Do(ctx, []string{"link " + link.ID, credential.NetworkKey(from.Address)}, func(ctx context.Context) error {
		if err := s.Core.DB.Update(ctx, func(tx *models.Tx) error { return tx.TrySecretLink(link.ID, s.Core.Now()) }); err != nil {
			return core.DeadLink(err)
		}
		hash, err := s.Pool.HashLike(ctx, link.Salt, passphrase)
		if err != nil {
			return err
		}
		secret, err = open(link, token, hash)
		return err
	})
	if errors.Is(err, seal.ErrOpen) {
		err = s.refuse(ctx, link.ID, account, from)
	}
	return secret, err
}

// refuse answers a wrong passphrase. The last one ends the link.
func (s *Service) refuse(ctx context.Context, id string, account models.Account, from core.ClientInfo) error {
	late, cancel := core.Detached(ctx)
	defer cancel()
	left := 0
	err := s.Core.DB.Update(late, func(tx *models.Tx) error {
		link, err := tx.SecretLink(id)
		if left = link.TriesLeft; err != nil || left > 0 {
			return err
		}
		if err := tx.EndSecretLink(id, models.SecretLinkGuessed, s.Core.Now()); err != nil {
			return err
		}
		return s.Core.Audit(tx, from.Actor(), core.ActionSecretLinkGuessed, account, core.DetailAttempts.Count(MaxTries))
	})
	switch {
	case err != nil:
		return core.DeadLink(err)
	case left == 0:
		return core.ErrLink
	default:
		return core.InvalidWith("passphrase", errPassphraseWrong, core.Params{"left": left})
	}
}

// spend takes one of the reads of a link, and returns how many are left. Of parallel ones, only as many succeed as there were.
func (s *Service) spend(ctx context.Context, link models.SecretLink, from core.ClientInfo) (left int, err error) {
	err = s.Core.DB.Update(ctx, func(tx *models.Tx) error {
		now, tries := s.Core.Now(), 0
		if link.Salt != "" {
			tries = 1 // that was counted before
		}
		if err := tx.ReadSecretLink(link.ID, now, tries); err != nil {
			return core.DeadLink(err)
		}
		read, err := tx.SecretLink(link.ID)
		if err != nil {
			return core.DeadLink(err)
		}
		account, err := tx.Account(read.AccountID)
		if err != nil {
			return core.DeadLink(err)
		}
		if !s.opens(ctx, read, account) {
			return core.ErrLink
		}
		if left = read.ReadsLeft; left == 0 {
			if err := tx.EndSecretLink(read.ID, models.SecretLinkRead, now); err != nil {
				return err
			}
		}
		return s.recordUse(tx, read, account, from)
	})
	return left, err
}

// recordUse stores when and by whom a link was read, and notifies its maker of the first time.
func (s *Service) recordUse(tx *models.Tx, link models.SecretLink, account models.Account, from core.ClientInfo) error {
	use := models.SecretLinkUse{
		ID: s.Core.NewID(), LinkID: link.ID, At: s.Core.Now(), Address: from.Address,
		UserAgent: from.Browser(),
	}
	if err := tx.RecordSecretLinkUse(use); err != nil {
		return err
	}
	if err := s.Core.Audit(tx, from.Actor(), core.ActionSecretLinkRead, account, core.DetailReadsLeft.Count(link.ReadsLeft)); err != nil {
		return err
	}
	if link.MakerID == nil || link.ReadsLeft != link.Reads-1 {
		return nil
	}
	maker, err := tx.Account(*link.MakerID)
	if err != nil {
		return core.IgnoreNotFound(err)
	}
	return s.Notices.SecretLinkRead(tx, maker, account, use)
}

// List returns a page of the actor's links, for a SuperAdmin of all. Of other filters only those of the page count.
func (s *Service) List(ctx context.Context, actor core.Actor, filter models.SecretLinkFilter) (page models.Page[models.ListedSecretLink], err error) {
	switch {
	case s.Off:
		return page, Off
	case !actor.MayOperate():
		return page, core.ErrForbidden
	case !actor.MaySeeEverything():
		filter.MakerID, filter.OrganizationID = actor.ID, actor.Scope()
	}
	return s.Core.DB.Read(ctx).ListSecretLinks(filter)
}

// Revoke ends a link that the actor made, or a SuperAdmin any.
func (s *Service) Revoke(ctx context.Context, actor core.Actor, id string) error {
	if s.Off {
		return Off
	}
	if !models.IsID(id) {
		return core.ErrNotFound
	}
	return s.Core.Update(ctx, actor, func(tx *models.Tx) error {
		link, err := tx.SecretLink(id)
		if err != nil {
			return core.NotFound(err)
		}
		account, err := tx.Account(link.AccountID)
		if err != nil {
			return core.NotFound(err)
		}
		if !actor.MaySeeEverything() && (link.MakerID == nil || *link.MakerID != actor.ID || !actor.Sees(account)) {
			return core.ErrNotFound
		}
		if err := tx.EndSecretLink(id, models.SecretLinkRevoked, s.Core.Now()); err != nil {
			return core.IgnoreNotFound(err) // it has ended already
		}
		return s.Core.Audit(tx, actor, core.ActionSecretLinkRevoked, account)
	})
}

// PurgeExpired deletes what ended links held, and in time the links with their receipts.
func (s *Service) PurgeExpired(tx *models.Tx) error {
	now := s.Core.Now()
	return errors.Join(tx.ExpireSecretLinks(now, s.Core.Today()), tx.DeleteSecretLinks(now.Add(-s.Keep)))
}
