package samples

import (
	"net/url"
	"time"

	"latchkey/accounts"
	"latchkey/accounts/core"
	"latchkey/brand"
	"latchkey/demo"
	"latchkey/models"
	"latchkey/password"
)

// World describes the database and the settings that a sample runs on. Usually there are the demo's company, a mail server and
// the built-in policy.
type World struct {
	Policies     password.Policies  // active
	Refused      []password.Problem // of a newer policy file; another process has activated one
	Empty        bool               // there is no account
	Capturing    bool               // there is no mail server
	Outage       string             // answer of the mail server, if it cannot be reached
	OwnTemplates map[string]string  // the operator's own files of mails, by name
	HTTPS        bool               // the base URL is https
	Forwarded    bool               // requests come through a proxy that is not trusted
	Brand        brand.Brand        // of the operator
	Enforced     bool               // customers have to have a second factor
	NoRecovery   bool               // recovery codes are switched off
	NoEmergency  bool               // emergency access is switched off
	NoAPIKeys    bool               // API keys are switched off
	OwnersOnly   bool               // people get links only
	NoUndelete   bool               // deleted accounts are gone for good
	NoDeleteOwn  bool               // owners cannot delete their accounts

	NoSecretLinks bool // secret links are switched off
}

var (
	builtIn   = password.Default()
	usual     = &World{Policies: builtIn}
	empty     = &World{Policies: builtIn, Empty: true}
	capturing = &World{Policies: builtIn, Capturing: true, OwnTemplates: map[string]string{"layout.html": "/etc/latchkey/mails/layout.html"}}
	outage    = &World{Policies: builtIn, Outage: connectionRefused}
	overHTTP  = &World{Policies: builtIn, HTTPS: true}
	proxied   = &World{Policies: builtIn, Forwarded: true}
	branded   = &World{Policies: builtIn, Brand: Brand}
	enforced  = &World{Policies: builtIn, Enforced: true}
	codesOff  = &World{Policies: builtIn, NoRecovery: true}
	linksOnly = &World{Policies: builtIn, OwnersOnly: true}
	withoutIt = &World{Policies: builtIn, NoEmergency: true, NoSecretLinks: true, NoAPIKeys: true}
	final     = &World{Policies: builtIn, NoUndelete: true}
	undeleted = &World{Policies: builtIn, NoDeleteOwn: true}
	fromFile  = &World{Policies: filePolicies()}
	raised    = &World{Policies: raisedPolicies()}
	atNIST    = &World{Policies: password.Policies{
		Account: password.Policy{
			Section: password.SectionAccount, MinimumSymbols: 15, UserNameForbidden: true, ForbiddenLastPasswords: 1, MaxLoginAttempts: 10, BlockingTimeInMin: 20,
		},
		Technical: password.Policy{Section: password.SectionTechnical},
	}}
	refused = &World{Policies: filePolicies(), Refused: []password.Problem{
		{File: policyFile, Line: 23, Key: "passwordPolicyConfigurations.ACCOUNT.minimumSymbol", Why: "is not known; did you mean minimumSymbols?"},
		{File: policyFile, Line: 31, Key: "passwordPolicyConfigurations.ACCOUNT.passwordExpirationInDays", Why: "must be a whole number, not a string"},
	}}
)

// Constants of all worlds.
const (
	Host       = "accounts.hollenbeck.example"
	Help       = demo.Contact
	setupToken = "Q7H2-9KDM-XW4T-C6RP" // opens the set-up page of the empty world
)

// Settings returns the rules besides the policy. Sessions last, so that a sample can begin weeks ago.
func (w *World) Settings() accounts.Settings {
	const days = 24 * time.Hour
	var enforced []models.Kind
	if w.Enforced {
		enforced = []models.Kind{models.Customer}
	}
	undelete := demo.Undelete
	if w.NoUndelete {
		undelete = 0
	}
	secrets := core.SecretsAuto
	if w.OwnersOnly {
		secrets = core.SecretsNoOne
	}
	return accounts.Settings{
		Secrets:  secrets,
		Undelete: undelete, NoDeleteOwn: w.NoDeleteOwn,
		FactorsFor: enforced, NoRecovery: w.NoRecovery, NoEmergency: w.NoEmergency, NoSecretLinks: w.NoSecretLinks, NoAPIKeys: w.NoAPIKeys,
		OneTimeValid: demo.OneTimeValid, AttemptsCap: demo.AttemptsCap, PasswordMinAge: 2 * days, SessionMax: 90 * days, SessionIdle: 90 * days,
		SignInRate: 30, DeviceCookies: true, MailHost: Host, Issuer: demo.Company, BaseURL: &url.URL{Scheme: "https", Host: Host}, Capturing: w.Capturing,
	}
}

const (
	policyFile        = "/etc/latchkey/passwordpolicy.json"
	connectionRefused = "dial tcp 192.0.2.25:587: connect: connection refused"
)

// Brand is that of the demo's company.
var Brand = brand.Brand{Name: "Hollenbeck Logistik", Logo: must(brand.ParseLogo([]byte(logo))), Accent: must(brand.ParseAccent("#8a3212"))}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="10" fill="#8a3212"/>` +
	`<path d="M12 11v18M28 11v18M12 17.5l16 5M12 24.5l16-2" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`

// must is for constants of samples, which are valid.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// filePolicies returns the policies of a cautious operator, with rules that are probably mistakes: nothing can be proved about the
// expression for technical accounts, and it accepts no password.
func filePolicies() password.Policies {
	policies := password.Default()
	policies.Source = policyFile
	policies.Technical = password.Policy{Section: password.SectionTechnical, AllowedRegex: `(?<=x)[a-z]{9}`, PasswordExpirationInDays: 90}
	policies.Account.AllowedRegex = `[A-Za-z].*[^\s]`
	super := policies.Account
	super.Section, super.MinimumSymbols, super.MaximumSymbols = password.SectionSuperAdmin, 14, 0
	super.PasswordExpirationInDays, super.EmailBeforeExpirationInDays, super.MaxLoginAttempts, super.BlockingTimeInMin = 30, 7, 3, 0
	policies.SuperAdmin = &super
	policies.Account.AllowedRegexDescription = password.Texts{"a letter first, then letters and digits", "zuerst ein Buchstabe, dann Buchstaben und Ziffern"}
	return policies
}

// raisedPolicies returns the built-in ones, raised by settings.
func raisedPolicies() password.Policies {
	return must(password.Default().With(password.Compliance{
		MinLength: 14, Complexity: 3, LastPasswords: 10, Options: password.GeneratorOptions{Length: 16, Digits: password.Set{Symbols: "0123456789"}},
	}))
}
