package core

import (
	"slices"
	"strings"

	"latchkey/models"
)

// Actor is who does something, and from where.
type Actor struct {
	ID        string // "" for the command line and the system
	Name      string
	Kind      models.Kind
	Address   string // IP address
	RequestID string
	SessionID string   // "" if the actor has no session, as the command line
	Devices   []string // tokens of the trusted browser
	Person    string   // who acts in place of the account's owner, by an emergency code; "" = it is the owner
	Key       *Key     // by which a program acts for the account; nil = a person does
	User      string   // of the operating system, who runs a command; "" = none
	Expects   string   // the [models.Account.Version] that an account which is changed must have; "" = any
}

// Key is the API key, or the token in its place, by which a program acts for an account. It may do less than the account, never more:
// limited to organizations it acts as one of them, and [Actor.Kind] says so.
type Key struct {
	ID            string // "" = a token for the password of a technical account
	TokenID       string // "" = the key itself is used
	Prefix        string
	Write, Verify bool
	OwnerKind     models.Kind // of the account
	Organizations []string    // whose customers it may look after; nil = all that the account may
}

// CommandLine is the actor of the program's commands. It may do what a SuperAdmin may.
var CommandLine = Actor{Name: "command line", Kind: models.SuperAdmin}

// ClientInfo describes the client of a request.
type ClientInfo struct {
	Address, UserAgent, RequestID string
	Devices                       []string // tokens of the trusted browser
}

// Actor returns a client that is not signed in.
func (c ClientInfo) Actor() Actor {
	return Actor{Address: c.Address, RequestID: c.RequestID, Devices: c.Devices}
}

// maxUserAgent is how many bytes of the User-Agent header are kept.
const maxUserAgent = 300

// Browser returns what is stored of the User-Agent header.
func (c ClientInfo) Browser() string {
	return strings.ToValidUTF8(strings.ReplaceAll(c.UserAgent[:min(len(c.UserAgent), maxUserAgent)], "\x00", ""), "")
}

// By returns the account acting from the client.
func (c ClientInfo) By(a models.Account) Actor {
	return Actor{ID: a.ID, Name: a.Name, Kind: a.Kind, Address: c.Address, RequestID: c.RequestID, Devices: c.Devices}
}

// OnHost reports whether the actor runs a command of the program.
func (a Actor) OnHost() bool { return a.ID == "" && a.Name == CommandLine.Name }

// CheckOwner returns [ErrEmergencySession] if the actor is not the account's owner, who alone may change its credentials.
func (a Actor) CheckOwner() error {
	if a.Person != "" {
		return ErrEmergencySession
	}
	return nil
}

// ownerKind returns the kind of the actor's account.
func (a Actor) ownerKind() models.Kind {
	if a.Key != nil {
		return a.Key.OwnerKind
	}
	return a.Kind
}

// Organizations returns the ids of the organizations whose customers the actor looks after; nil for SuperAdmins, who look after all accounts,
// and for customers.
func (a Actor) Organizations() []string {
	switch {
	case a.Kind != models.Organization:
		return nil
	case a.Key != nil && a.Key.Organizations != nil:
		return a.Key.Organizations
	default:
		return []string{a.ID}
	}
}

// In returns the actor limited to one of its organizations, by id. An actor that looks after no such organization is not changed.
func (a Actor) In(organizationID string) Actor {
	if a.Key == nil || !slices.Contains(a.Key.Organizations, organizationID) {
		return a
	}
	limited := *a.Key
	limited.Organizations, a.Key = []string{organizationID}, &limited
	return a
}

// MayOperate reports whether the actor may look after accounts at all.
func (a Actor) MayOperate() bool { return a.Kind == models.SuperAdmin || a.Kind == models.Organization }

// MaySeeEverything reports whether the actor may see mails and all organizations.
func (a Actor) MaySeeEverything() bool { return a.Kind == models.SuperAdmin }

// MayCreate reports whether the actor may create accounts of a kind.
func (a Actor) MayCreate(kind models.Kind) bool {
	return a.Kind == models.SuperAdmin || a.Kind == models.Organization && kind == models.Customer
}

// Scope returns the id of the organization that the actor's lists are limited to; "" is no limit. The lists of an actor with several
// organizations are empty: it has to choose one, see [Actor.In].
func (a Actor) Scope() string {
	if a.Kind == models.SuperAdmin {
		return ""
	}
	if only := a.Organizations(); len(only) == 1 && only[0] != "" {
		return only[0]
	}
	return "none" // "" would be no limit
}

// Sees reports whether the account exists as far as the actor is concerned.
func (a Actor) Sees(account models.Account) bool {
	switch a.Kind {
	case models.SuperAdmin:
		return true
	case models.Organization:
		return account.OrganizationID != nil && slices.Contains(a.Organizations(), *account.OrganizationID)
	default:
		return false
	}
}

// HideOthers removes from events what is not the actor's to see. An organization sees the IP addresses of itself, of unknown browsers and of the
// accounts' owners, but not those of SuperAdmins, and neither their API keys nor who runs commands on the host.
func (a Actor) HideOthers(events []models.AuditEvent) {
	if a.MaySeeEverything() {
		return
	}
	for i, event := range events {
		delete(event.Detail, string(DetailUser))
		if event.ActorID != "" && event.ActorID != a.ID && event.ActorID != event.SubjectID {
			events[i].Address = ""
			delete(event.Detail, string(DetailAPIKey))
		}
	}
}

// MayChange returns nil if the actor may change the account as its operator.
func (a Actor) MayChange(account models.Account) error {
	switch {
	case account.ID == a.ID:
		return ErrOwnAccount
	case !a.Sees(account):
		return ForeignError{account.ID}
	case account.Builtin():
		return ErrDefaultOrganization
	case a.Key != nil && account.Kind == models.SuperAdmin:
		return GateError{GateStepUp, ErrInPerson}
	default:
		return nil
	}
}
