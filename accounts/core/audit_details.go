package core

import (
	"strconv"
	"time"

	"latchkey/models"
)

// Detail is a fact of an audit event besides actor, action and target. A [DetailKey] makes it.
type Detail struct {
	key   DetailKey
	value string
}

// AddTo adds the detail to an event of [Core.Event].
func (d Detail) AddTo(event models.AuditEvent) { event.Detail[string(d.key)] = d.value }

// DetailKey names a detail. views/words shows its values.
type DetailKey string

// The details of audit events.
const (
	DetailActingPerson DetailKey = "acting-person" // who acted by an emergency code
	DetailAddress      DetailKey = "address"       // IP address of an ended session
	DetailAPIKey       DetailKey = "api-key"       // the first characters of the key that acts or is acted on
	DetailAttempts     DetailKey = "attempts"
	DetailBrowser      DetailKey = "browser" // [BrowserKnown] or [BrowserNew]
	DetailChanged      DetailKey = "changed"
	DetailDescribed    DetailKey = "described" // of [Described], with spaces
	DetailEmail        DetailKey = "email"
	DetailEmailBefore  DetailKey = "email-before"
	DetailFactor       DetailKey = "factor"     // its kind
	DetailFinal        DetailKey = "final"      // a deletion that cannot be undone
	DetailFrom         DetailKey = "from"       // organization; for SuperAdmins only
	DetailKeyDirect    DetailKey = "key-direct" // it works without a token
	DetailKeyEnds      DetailKey = "key-ends"
	DetailKeyTitle     DetailKey = "key-title"
	DetailKeyVerify    DetailKey = "key-verify"
	DetailKeyWrite     DetailKey = "key-write"
	DetailKind         DetailKey = "kind"
	DetailLead         DetailKey = "lead-hours"
	DetailLocale       DetailKey = "locale"
	DetailMails        DetailKey = "mails"
	DetailOneTime      DetailKey = "one-time"
	DetailOpens        DetailKey = "opens" // "reset-page", or [OpensAPI]
	DetailLink         DetailKey = "link"  // the purpose of a link in a mail
	DetailLinks        DetailKey = "links"
	DetailOpensAt      DetailKey = "opens-at"
	DetailPassphrase   DetailKey = "passphrase" // whether a secret link has one
	DetailPassword     DetailKey = "password"
	DetailPerson       DetailKey = "person" // who holds an emergency code
	DetailReads        DetailKey = "reads"  // of a secret link in all
	DetailReadsLeft    DetailKey = "reads-left"
	DetailReason       DetailKey = "reason"
	DetailRequest      DetailKey = "request"
	DetailSecrets      DetailKey = "secrets"
	DetailSessions     DetailKey = "sessions"
	DetailSuppressed   DetailKey = "suppressed"
	DetailTechnical    DetailKey = "technical"
	DetailTemplate     DetailKey = "template"
	DetailTokens       DetailKey = "tokens" // of the API
	DetailUntil        DetailKey = "until"
	DetailUser         DetailKey = "system-user" // of the operating system, who ran a command
	DetailValidFrom    DetailKey = "valid-from"  // a day, as 2006-01-02; "" = no bound
	DetailValidUntil   DetailKey = "valid-until" // the same
	DetailVersion      DetailKey = "version"
)

// OpensAPI is the value of [DetailOpens] for a sign-in of a technical account.
const OpensAPI = "api"

// The values of [DetailBrowser].
const (
	BrowserKnown = "known" // the account trusts it
	BrowserNew   = "new"   // to an account that trusts others
)

// Described is a text about the person behind an account that was changed.
type Described string

// The texts about a person.
const (
	DescribedName  Described = "display-name"
	DescribedID    Described = "external-id"
	DescribedPhone Described = "phone"
	DescribedNote  Described = "note"
)

// Text returns a detail with free text or a constant of the program.
func (k DetailKey) Text(text string) Detail { return Detail{k, text} }

// Count returns a detail with a number.
func (k DetailKey) Count(n int) Detail { return Detail{k, strconv.Itoa(n)} }

// Time returns a detail with a time in RFC 3339.
func (k DetailKey) Time(at time.Time) Detail { return Detail{k, at.Format(time.RFC3339)} }

// TimeIn returns the time of a detail of [DetailKey.Time]; the zero time if the event has none.
func (k DetailKey) TimeIn(event models.AuditEvent) time.Time {
	at, err := time.Parse(time.RFC3339, event.Detail[string(k)])
	if err != nil {
		return time.Time{}
	}
	return at
}

// Flag returns a detail that is true or false.
func (k DetailKey) Flag(yes bool) Detail {
	if yes {
		return Detail{k, "yes"}
	}
	return Detail{k, "no"}
}
