package samples

import (
	"strings"
	"time"

	"latchkey/models"
	"latchkey/views"
)

// What browsers say of themselves.
const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1"
	edge    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0"
	curl    = "curl/8.11.0"
	strange = "HollenbeckKiosk/2.4 (hall B; gate 3)"
)

func session(f views.Frame, number int, browser, address string, signedIn, used time.Duration) views.Session {
	of := models.Session{
		ID: id(number), UserAgent: browser, Address: address, CreatedAt: *ago(f, signedIn), LastUsedAt: *ago(f, used),
		AbsoluteEnd: *ago(f, signedIn-sessionMax),
	}
	return views.Session{Session: of, EndURL: views.EndSessionURL(of.ID)}
}

func sessions(f views.Frame) []views.Session {
	own := session(f, 31, firefox, "198.51.100.17", 2*time.Hour, 0)
	own.Current = true
	return []views.Session{
		own,
		session(f, 32, iPhone, "2001:db8:7:4c01:a1f0:33ff:fe12:9b07", 9*time.Hour, 12*time.Minute),
		session(f, 33, edge, "203.0.113.80", 20*time.Hour, 50*time.Minute),
		session(f, 34, strange, "192.0.2.44", 4*time.Hour, 31*time.Minute), session(f, 35, "", "192.0.2.45", 5*time.Hour, 40*time.Minute),
	}
}

// noted is an event of the log, told as the program tells it. Details are names and their values.
func noted(f views.Frame, before time.Duration, action, tone, who, address string, details ...string) views.Event {
	event := views.Event{
		ID: id(int(before / time.Second)), Action: action, Tone: tone, What: f.T("action." + action), Who: views.Isolate(who), Address: address, At: *ago(f, before), Times: 1,
	}
	var parts []string
	for i := 0; i+1 < len(details); i += 2 {
		parts = append(parts, f.T("detail."+details[i])+": "+inWords(f, details[i], details[i+1]))
	}
	event.Detail = strings.Join(parts, ", ")
	return event
}

// inWords is the value of a detail.
func inWords(f views.Frame, detail, value string) string {
	switch detail {
	case "reason":
		return f.T("reason." + value)
	case "template":
		return f.T("template." + value)
	case "kind":
		return f.T("kind." + value)
	case "password", "technical":
		return f.T("value." + value)
	default:
		return value
	}
}

// times is an event that happened several times in a row.
func times(event views.Event, n int) views.Event {
	event.Times = n
	return event
}

// mailed is a mail in a time line, as a SuperAdmin sees it.
func mailed(f views.Frame, before time.Duration, template string, state models.MailState, to string) views.Event {
	number := id(int(before / time.Second))
	return views.Event{
		ID: number, Action: "mail", At: *ago(f, before), Tone: "mail", Mail: state, Detail: views.Isolate(to), Times: 1, URL: views.MailItemURL(number),
		What: f.T("Mail: {{.Name}}", "Name", f.T("template."+template)),
	}
}

// story is what a time line tells of an account that signs in and out.
func story(f views.Frame, a models.Account) []views.Event {
	return []views.Event{
		noted(f, 2*time.Hour, "signed-in", "good", a.Name, "198.51.100.17"),
		times(noted(f, 2*time.Hour+time.Minute, "sign-in-failed", "bad", f.T("somebody"), "198.51.100.17", "reason", "wrong-password"), 3),
		noted(f, 26*time.Hour, "signed-out", "", a.Name, "198.51.100.17"),
		noted(f, 5*day, "edited", "", olga.Name, "203.0.113.9", "email", a.Email),
		noted(f, 33*day, "password-changed", "good", a.Name, "198.51.100.17", "sessions", "2"),
		mailed(f, 34*day, models.MailReminder, models.MailSent, a.Email),
		noted(f, 90*day, "account-created", "", matthias, "203.0.113.9", "kind", "customer", "password", "generated"),
	}
}

// lifeFacts are what every account but Default has.
func lifeFacts(f views.Frame, a models.Account) []views.Fact {
	facts := []views.Fact{{Label: f.T("E-mail"), Text: views.Isolate(a.Email)}}
	if a.OrganizationID != nil {
		name := map[string]string{organization.ID: nordkai, models.DefaultOrganizationID: defaultOf}[*a.OrganizationID]
		facts = append(facts, views.Fact{Label: f.T("Organization"), Text: name, URL: views.AccountURL(*a.OrganizationID)})
	}
	if a.Kind == models.Organization {
		facts = append(facts, views.Fact{Label: f.T("Customers"), Text: f.T("Show them"), URL: views.Query(views.AccountsURL, nil, "organization", a.ID)})
	}
	return append(facts,
		views.Fact{Label: f.T("Language"), Text: language(f, a.Locale)}, views.Fact{Label: f.T("Created"), At: &a.CreatedAt}, versionedFact(f, a),
		views.Fact{Label: f.T("Last sign-in"), Text: f.T("never"), At: a.LastSignInAt})
}

// versionedFact says too under which version of the policy the password was set, where the second began 41 days ago.
func versionedFact(f views.Frame, a models.Account) views.Fact {
	fact, second := passwordFact(f, a), ago(f, 41*day)
	switch {
	case fact.At == nil:
	case fact.At.Before(*second):
		fact.Beside = f.T("under which version of the policy is not known")
	default:
		fact.Beside, fact.BesideURL = f.T("under policy version {{.N}}, in force since {{.Time}}", "N", 2, "Time", f.Day(*second)), views.PolicyVersionURL(2)
	}
	return fact
}

func passwordFact(f views.Frame, a models.Account) views.Fact {
	return views.Fact{Label: f.T("Password set"), Text: f.T("never"), At: a.PasswordSetAt}
}

func failureFact(f views.Frame, text string) views.Fact {
	return views.Fact{Label: f.T("Failed sign-ins in a row"), Text: text}
}

// knownIn is how many browsers the account trusts, and whether they have no attempts left.
func knownIn(f views.Frame, browsers int, usedUp bool) views.Fact {
	text := f.N("{{.N}} browser", "{{.N}} browsers", browsers)
	if usedUp {
		text += ", " + f.T("no attempts left")
	}
	return views.Fact{Label: f.T("Trusted"), Text: text}
}

// expires are the next steps of a password that expires in that time.
func expires(f views.Frame, in time.Duration, to string) []views.Step {
	return []views.Step{
		{At: ahead(f, in-5*day), What: f.T("A mail reminds {{.To}} that the password expires.", "To", views.Isolate(to))},
		{At: ahead(f, in), What: f.T("The password expires, and a mail says so. It then opens only the page for a new one.")},
	}
}
