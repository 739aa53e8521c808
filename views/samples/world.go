package samples

import (
	"time"

	"latchkey/password"
)

// World names the database and the settings that a sample runs on.
type World string

// Setup describes a world. The zero Setup is the company with a mail server and the built-in policy.
type Setup struct {
	Data           Data
	Policies       password.Policies   // active
	Earlier        []password.Policies // active before, the oldest first
	Refused        []password.Problem  // of a newer policy file that was refused
	Elsewhere      bool                // another process has activated a newer version
	Capturing      bool                // there is no mail server
	HTTPS          bool                // the base URL is https
	Help           string
	PasswordMinAge time.Duration
	OwnTemplates   bool // of mails
	Forwarded      bool // requests come through a proxy that is not trusted
}

// Data names what is in the database of a world.
type Data string

// The databases. Empty has no account, Start only a SuperAdmin, Busy more than a page of everything, Trouble a mail server
// that cannot be reached.
const (
	Company Data = ""
	Empty   Data = "empty"
	Start   Data = "start"
	Busy    Data = "busy"
	Long    Data = "long"
	Trouble Data = "trouble"
	Calm    Data = "calm" // nothing to do
)

const (
	usual      World = "company"
	capturing  World = "capturing"
	help       World = "help"
	overHTTP   World = "over-http"
	empty      World = "empty"
	start      World = "start"
	startNew   World = "start-capturing"
	busy       World = "busy"
	long       World = "long"
	trouble    World = "trouble"
	calm       World = "calm"
	proxied    World = "proxied"
	minAge     World = "min-age"
	fromFile   World = "policy-file"
	doubtful   World = "policy-doubtful"
	everyOff   World = "policy-off"
	atNIST     World = "policy-nist"
	raised     World = "policy-settings"
	refused    World = "policy-refused"
	elsewhere  World = "policy-elsewhere"
	shaped     World = "policy-regex"
	described  World = "policy-regex-described"
	impossible World = "policy-impossible"
	own        World = "own-templates"
)

const policyFile = "/etc/latchkey/passwordpolicy.json"

// Setup returns the description of the world.
func (w World) Setup() Setup {
	s := setups[w]
	if s.Policies.Account.Section == "" {
		s.Policies = password.Default()
	}
	return s
}

var setups = map[World]Setup{
	capturing: {Capturing: true},
	help:      {Help: "the service desk, extension 4711"},
	overHTTP:  {HTTPS: true},
	empty:     {Data: Empty},
	start:     {Data: Start},
	startNew:  {Data: Start, Capturing: true},
	calm:      {Data: Calm},
	busy:      {Data: Busy},
	long:      {Data: Long},
	trouble:   {Data: Trouble},
	proxied:   {Forwarded: true},
	minAge:    {PasswordMinAge: 48 * time.Hour},
	own:       {OwnTemplates: true},
	elsewhere: {Earlier: []password.Policies{password.Default()}, Elsewhere: true},
	fromFile:  {Policies: filePolicies(), Earlier: []password.Policies{password.Default(), doubtfulPolicies()}},
	doubtful:  {Policies: doubtfulPolicies()},
	raised:    {Policies: raisedPolicies()},
	everyOff:  {Policies: both(func(section password.Section) password.Policy { return password.Policy{Section: section} })},
	atNIST: {Policies: both(func(section password.Section) password.Policy {
		return password.Policy{
			Section: section, MinimumSymbols: 15, UserNameForbidden: true, ForbiddenLastPasswords: 1, MaxLoginAttempts: 10, BlockingTimeInMin: 20,
		}
	})},
	shaped: {Policies: withRegex(12, `[A-Za-z].*[^\s]`, password.Texts{})},
	described: {Policies: withRegex(12, `[A-Za-z].*[^\s]`,
		password.Texts{"a letter first, then letters and digits", "zuerst ein Buchstabe, dann Buchstaben und Ziffern"})},
	impossible: {Policies: withRegex(6, `(?<=x)[a-z]{9}`, password.Texts{})},
	refused: {Policies: filePolicies(), Refused: []password.Problem{
		{File: policyFile, Line: 23, Key: "passwordPolicyConfigurations.ACCOUNT.minimumSymbol", Why: "is not known; did you mean minimumSymbols?"},
		{File: policyFile, Line: 31, Key: "passwordPolicyConfigurations.ACCOUNT.passwordExpirationInDays", Why: "must be a whole number, not a string"},
	}},
}

// both makes the policies of ordinary and of technical accounts.
func both(policy func(password.Section) password.Policy) password.Policies {
	policies := password.Default()
	policies.Account, policies.Technical = policy(password.SectionAccount), policy(password.SectionTechnical)
	return policies
}

// withRegex are the built-in policies with a minimum and an expression for ordinary accounts.
func withRegex(minimum int, expression string, description password.Texts) password.Policies {
	policies := password.Default()
	policies.Account.MinimumSymbols, policies.Account.AllowedRegex, policies.Account.AllowedRegexDescription = minimum, expression, description
	return policies
}

// filePolicies are the policies of a cautious operator, with a rule that is probably a mistake.
func filePolicies() password.Policies {
	policies := password.Default()
	policies.Source = policyFile
	policies.Account.AllowedRegex = `[A-Za-z].*[^\s]`
	super := policies.Account
	super.Section, super.MinimumSymbols, super.MaximumSymbols = password.SectionSuperAdmin, 14, 0
	super.PasswordExpirationInDays, super.EmailBeforeExpirationInDays, super.MaxLoginAttempts, super.BlockingTimeInMin = 30, 7, 3, 0
	policies.SuperAdmin = &super
	return policies
}

// doubtfulPolicies have expressions about which nothing can be proved. One of them accepts no password.
func doubtfulPolicies() password.Policies {
	policies := password.Default()
	policies.Source = policyFile
	policies.Account.MinimumSpecialSymbols, policies.Account.MinimumUpperCaseSymbols, policies.Account.MinimumDigits = 0, 0, 0
	policies.Account.AllowedRegex, policies.Technical.AllowedRegex = `(?<=x)[a-z]{9}`, `(?=.*(.)(?!.*\1)).*`
	return policies
}

// raisedPolicies are the built-in ones, raised by settings.
func raisedPolicies() password.Policies {
	policies, err := password.Default().With(password.Compliance{
		MinLength: 14, Complexity: 3, LastPasswords: 10, Options: password.GeneratorOptions{Length: 16, Digits: password.Set{Symbols: "0123456789"}},
	})
	if err != nil {
		panic(err) // they do not contradict each other
	}
	return policies
}
