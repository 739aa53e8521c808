package mfa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"latchkey/accounts/core"
	"latchkey/accounts/identifier"
	"latchkey/accounts/session"
	"latchkey/internal/rpid"
	"latchkey/models"
)

// Errors of passkeys.
const (
	ErrPasskeyAddress core.Code = "passkey.ip_address" //nolint:gosec // the base URL has an IP address, which cannot be an RP ID
	ErrPasskeyHTTP    core.Code = "passkey.http"       // browsers offer passkeys over https only, except on localhost
	ErrPasskeyHost    core.Code = "passkey.other_host" // the account's passkeys were made for another host
	errPasskeyAgain   core.Code = "passkey.again"      // nothing was asked, or too long ago
	errPasskeyRefused core.Code = "passkey.refused"
	errPasskeyKnown   core.Code = "passkey.known"
)

// ceremonyTime is how long a browser may take to answer.
const ceremonyTime = 5 * time.Minute

// maxCredential limits, in bytes, what a browser answers.
const maxCredential = 64 << 10

// userHandleSize is the length of a user handle in bytes (WebAuthn Level 3, §14.6.1).
const userHandleSize = 64

// relyingParty returns the service as passkeys know it: by the host of its base URL.
func relyingParty(base *url.URL, title string) (*webauthn.WebAuthn, error) {
	host, err := rpid.Of(base)
	switch {
	case errors.Is(err, rpid.ErrHTTP):
		return nil, ErrPasskeyHTTP
	case err != nil:
		return nil, ErrPasskeyAddress
	}
	return webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: title, RPOrigins: []string{base.Scheme + "://" + base.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		},
	})
}

// host returns the host that passkeys are made for; "" = none are.
func (s *Service) host() string {
	if s.passkeysOff != nil {
		return ""
	}
	return s.passkeys.Config.RPID
}

// CheckPasskeys returns why no passkey can be added; nil = some can. Those that exist can be used.
func (s *Service) CheckPasskeys() error {
	if s.noPasskeys {
		return core.OffError{Setting: SettingFactors}
	}
	return s.passkeysOff
}

// owner is an account as passkeys know it.
type owner struct {
	account models.Account
	handle  []byte
	keys    []webauthn.Credential
	factors []models.Factor // of the keys, in the same order
	others  int             // passkeys of other hosts
}

func (o owner) WebAuthnID() []byte                         { return o.handle }
func (o owner) WebAuthnName() string                       { return o.account.Name }
func (o owner) WebAuthnDisplayName() string                { return cmp.Or(o.account.DisplayName, o.account.Name) }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// ownerOf reads the account's passkeys of the present host.
func (s *Service) ownerOf(tx *models.Tx, account models.Account) (o owner, err error) {
	o.account = account
	factors, err := tx.Factors(account.ID)
	if err != nil {
		return o, err
	}
	for _, factor := range factors {
		if factor.Kind != models.PasskeyFactor {
			continue
		}
		if o.handle, err = base64.RawURLEncoding.DecodeString(factor.UserHandle); err != nil {
			return o, err
		}
		if factor.RPID != s.passkeys.Config.RPID {
			o.others++
			continue
		}
		var key webauthn.Credential
		if err := json.Unmarshal([]byte(factor.Credential), &key); err != nil {
			return o, err
		}
		o.keys, o.factors = append(o.keys, key), append(o.factors, factor)
	}
	return o, nil
}

// ceremony is what a browser was asked to sign.
type ceremony struct {
	Adds bool // a passkey; else it shows one
	At   time.Time
	Data webauthn.SessionData
}

func (s *Service) begin(tx *models.Tx, sessionID string, adds bool, data *webauthn.SessionData) error {
	stored, err := json.Marshal(ceremony{adds, s.core.Now(), *data})
	if err != nil {
		return err
	}
	return core.NotFound(tx.SetCeremony(sessionID, string(stored)))
}

// take ends the ceremony of a session. It is good for one answer, and for a short time.
func (s *Service) take(tx *models.Tx, sessionID string, adds bool) (data webauthn.SessionData, err error) {
	stored, err := tx.TakeCeremony(sessionID)
	if err != nil {
		return data, core.NotFound(err)
	}
	var begun ceremony
	if stored == "" || json.Unmarshal([]byte(stored), &begun) != nil || begun.Adds != adds || s.core.Now().Sub(begun.At) > ceremonyTime {
		return data, core.Invalid("credential", errPasskeyAgain)
	}
	return begun.Data, nil
}

// BeginPasskey returns the options with which the actor's browser makes a passkey, as JSON; see [Service.AddPasskey].
func (s *Service) BeginPasskey(ctx context.Context, actor core.Actor) (options []byte, err error) {
	if err := s.CheckPasskeys(); err != nil {
		return nil, err
	}
	err = s.core.UpdateFactors(ctx, actor, func(tx *models.Tx) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		if err := s.checkCount(tx, actor.ID); err != nil {
			return err
		}
		account, err := tx.Account(actor.ID)
		if err != nil {
			return err
		}
		who, err := s.ownerOf(tx, account)
		if err != nil {
			return err
		}
		if who.handle == nil {
			who.handle = make([]byte, userHandleSize)
			if _, err := io.ReadFull(s.core.Random(), who.handle); err != nil {
				return err
			}
		}
		creation, data, err := s.passkeys.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()))
		if err != nil {
			return err
		}
		if options, err = json.Marshal(creation.Response); err != nil {
			return err
		}
		return s.begin(tx, actor.SessionID, true, data)
	})
	return options, err
}

// AddPasskey makes a passkey that the browser made a second factor. With the account's first factor it returns new recovery codes, which
// are shown once.
func (s *Service) AddPasskey(ctx context.Context, actor core.Actor, title, answer string) (codes []string, err error) {
	if err := s.CheckPasskeys(); err != nil {
		return nil, err
	}
	if err := s.core.CheckConfirmed(s.core.DB.Read(ctx), actor); err != nil { // before anything else, since nothing was asked then
		return nil, err
	}
	title, err = identifier.ParseTitle(title)
	if err != nil {
		return nil, err
	}
	if len(answer) > maxCredential {
		return nil, core.Invalid("credential", errPasskeyRefused)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, s.refusedPasskey(err)
	}
	// The ceremony ends even if its answer is refused, so in a transaction of its own.
	var data webauthn.SessionData
	err = s.core.UpdateFactors(ctx, actor, func(tx *models.Tx) error {
		data, err = s.take(tx, actor.SessionID, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = s.withCodes(ctx, actor, func(tx *models.Tx, set recoverySet) error {
		if err := s.core.CheckConfirmed(tx, actor); err != nil {
			return err
		}
		codes, err = s.createPasskey(tx, actor, title, data, parsed, set)
		return err
	})
	return codes, err
}

// createPasskey verifies what a browser made, and makes it a factor.
func (s *Service) createPasskey(
	tx *models.Tx, actor core.Actor, title string, asked webauthn.SessionData, answer *protocol.ParsedCredentialCreationData, set recoverySet,
) (codes []string, err error) {
	if err := s.checkCount(tx, actor.ID); err != nil {
		return nil, err
	}
	account, err := tx.Account(actor.ID)
	if err != nil {
		return nil, err
	}
	if who, err := s.ownerOf(tx, account); err != nil {
		return nil, err
	} else if who.handle != nil && !bytes.Equal(who.handle, asked.UserID) { // another session has added the first one meanwhile
		return nil, core.Invalid("credential", errPasskeyAgain)
	}
	key, err := s.passkeys.CreateCredential(owner{account: account, handle: asked.UserID}, asked, answer)
	if err != nil {
		return nil, s.refusedPasskey(err)
	}
	stored, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	now, id := s.core.Now(), base64.RawURLEncoding.EncodeToString(key.ID)
	err = tx.CreateFactor(models.Factor{
		ID: s.core.NewID(), AccountID: actor.ID, Kind: models.PasskeyFactor, Title: title, Secret: []byte{}, CreatedAt: now, ConfirmedAt: &now,
		Credential: string(stored), CredentialID: &id, RPID: s.passkeys.Config.RPID,
		UserHandle: base64.RawURLEncoding.EncodeToString(asked.UserID),
	})
	if errors.Is(err, models.ErrTaken) {
		return nil, core.Invalid("credential", errPasskeyKnown)
	}
	if err != nil {
		return nil, err
	}
	return s.added(tx, actor, models.PasskeyFactor, !account.HasFactor, set)
}

// refusedPasskey logs why a passkey was refused, which the client does not learn.
func (s *Service) refusedPasskey(err error) error {
	if refused := (*protocol.Error)(nil); errors.As(err, &refused) {
		s.core.Log.Info("passkey refused", "reason", refused.Type, "details", refused.Details, "info", refused.DevInfo)
	} else {
		s.core.Log.Info("passkey refused", "reason", err)
	}
	return core.Invalid("credential", errPasskeyRefused)
}

// BeginProof returns the options with which the browser of the session shows one of the account's passkeys, as JSON: to complete a
// sign-in, or to confirm who acts. It returns [ErrPasskeyHost] if the account has passkeys of other hosts only, and [ErrNoFactor] if it
// has none.
func (s *Service) BeginProof(ctx context.Context, current session.Current) (options []byte, err error) {
	switch {
	case s.passkeysOff != nil:
		return nil, s.passkeysOff
	case current.Session.Emergency():
		return nil, core.ErrEmergencySession
	}
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		who, err := s.ownerOf(tx, current.Account)
		switch {
		case err != nil:
			return err
		case len(who.keys) == 0 && who.others > 0:
			return ErrPasskeyHost
		case len(who.keys) == 0:
			return ErrNoFactor
		}
		assertion, data, err := s.passkeys.BeginLogin(who)
		if err != nil {
			return err
		}
		if options, err = json.Marshal(assertion.Response); err != nil {
			return err
		}
		return s.begin(tx, current.Session.ID, false, data)
	})
	return options, err
}

// passkeyProof reads what a browser answered to [Service.BeginProof].
func (s *Service) passkeyProof(ctx context.Context, current session.Current, answer string) (session.Proof, error) {
	if s.passkeysOff != nil {
		return session.Proof{}, s.passkeysOff
	}
	if len(answer) > maxCredential {
		return session.Proof{}, core.Invalid("credential", errPasskeyRefused)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return session.Proof{}, s.refusedPasskey(err)
	}
	var data webauthn.SessionData
	err = s.core.DB.Update(ctx, func(tx *models.Tx) error {
		data, err = s.take(tx, current.Session.ID, false)
		return err
	})
	if invalid := (*core.ValidationError)(nil); errors.As(err, &invalid) { // a replay, or too late
		return session.Proof{
			Field: "credential", Error: errPasskeyRefused,
			Verify: func(context.Context, models.Account) (bool, error) { return false, nil },
		}, nil
	}
	if err != nil {
		return session.Proof{}, err
	}
	var used models.Factor
	after := ""
	return session.Proof{
		Field: "credential", Error: errPasskeyRefused,
		Verify: func(ctx context.Context, account models.Account) (bool, error) {
			who, err := s.ownerOf(s.core.DB.Read(ctx), account)
			if err != nil {
				return false, err
			}
			key, err := s.passkeys.ValidateLogin(who, data, parsed)
			if err != nil {
				_ = s.refusedPasskey(err)
				return false, nil
			}
			if key.Authenticator.CloneWarning { // two devices sign with the same key (WebAuthn Level 3, §6.1.1)
				s.core.Log.Warn("passkey refused: its counter went back, so it may have been copied", "account", account.ID)
				return false, nil
			}
			stored, err := json.Marshal(key)
			used, after = who.factorOf(key.ID), string(stored)
			return used.ID != "", err
		},
		Spend: func(tx *models.Tx) (bool, error) { return tx.UsePasskey(used.ID, used.Credential, after, s.core.Now()) },
	}, nil
}

// factorOf returns the factor with the key; the zero factor is none.
func (o owner) factorOf(keyID []byte) models.Factor {
	for i, key := range o.keys {
		if string(key.ID) == string(keyID) {
			return o.factors[i]
		}
	}
	return models.Factor{}
}

// CountUnusable counts the accounts that have passkeys of former hosts only, so that they cannot show a second factor.
func (s *Service) CountUnusable(ctx context.Context) (int64, error) {
	return s.core.DB.Read(ctx).CountUnusable(s.host())
}

// Ways are how an account can show a second factor at the present host.
type Ways struct {
	App, Passkey bool
	Former       []string // hosts of passkeys that cannot be used here
}

// Ways returns how the account of a session can show a second factor.
func (s *Service) Ways(ctx context.Context, account models.Account) (ways Ways, err error) {
	factors, err := s.core.DB.Read(ctx).Factors(account.ID)
	if err != nil {
		return ways, err
	}
	host := s.host()
	for _, factor := range factors {
		switch {
		case factor.Kind == models.TOTPFactor:
			ways.App = true
		case factor.RPID == host:
			ways.Passkey = true
		case !slices.Contains(ways.Former, factor.RPID):
			ways.Former = append(ways.Former, factor.RPID)
		}
	}
	return ways, nil
}
