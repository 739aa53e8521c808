package testkit

import (
	"testing"

	"github.com/descope/virtualwebauthn"
)

// Passkey is a passkey in a virtual authenticator.
type Passkey struct {
	site          virtualwebauthn.RelyingParty
	authenticator virtualwebauthn.Authenticator
	credential    virtualwebauthn.Credential
}

// NewPasskey makes a passkey for a site.
func NewPasskey(host, origin string) *Passkey {
	return &Passkey{
		site:          virtualwebauthn.RelyingParty{ID: host, Name: "Site", Origin: origin},
		authenticator: virtualwebauthn.NewAuthenticator(),
		credential:    virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2),
	}
}

// SetCounter makes the next signature claim that it is the nth.
func (p *Passkey) SetCounter(n uint32) { p.credential.Counter = n }

// At returns the same passkey as it is shown to another site, as by a proxy in between.
func (p *Passkey) At(host, origin string) *Passkey {
	other := *p
	other.site.ID, other.site.Origin = host, origin
	return &other
}

// Create answers the options of a new passkey, as a browser does.
func (p *Passkey) Create(t testing.TB, options []byte) string {
	t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	p.authenticator.Options.UserHandle = []byte(asked.UserID)
	return virtualwebauthn.CreateAttestationResponse(p.site, p.authenticator, p.credential, *asked)
}

// Excluded reports whether the options exclude the passkey, which the account has already.
func (p *Passkey) Excluded(t testing.TB, options []byte) bool {
	t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	return p.credential.IsExcludedForAttestation(*asked)
}

// Sign answers the options of a sign-in, as a browser does.
func (p *Passkey) Sign(t testing.TB, options []byte) string {
	t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	return virtualwebauthn.CreateAssertionResponse(p.site, p.authenticator, p.credential, *asked)
}
