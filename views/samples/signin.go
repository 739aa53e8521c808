package samples

import (
	"latchkey/password"
	"latchkey/views"
)

const help = "the service desk, extension 4711"

func signIn(f views.Frame) []Sample {
	const page = "Sign-in"
	fresh := views.SignInPage{Frame: guest(f, f.T("Sign in"))}
	helped, out, failed := fresh, fresh, fresh
	helped.Help = help
	out.SignedOut = true
	failed.Failed, failed.Name = true, clara
	failedHelped := failed
	failedHelped.Help = help
	ended, endedKept := fresh, fresh
	ended.Ended, endedKept.Ended = true, true
	endedKept.Kept = []views.Hidden{{Name: "kept.name", Value: clara}}
	empty := fresh
	empty.Frame = with(empty.Frame,
		views.Problem{Field: "name", Text: f.T("Enter your name or e-mail address.")}, views.Problem{Field: "password", Text: f.T("Enter a password.")})
	plain, cookieless := fresh, fresh
	plain.Secure = "https://accounts.example.org/sign-in"
	cookieless.NoCookies = true
	return show(page, views.SignIn, []state[views.SignInPage]{
		{"sign-in", "fresh", fresh},
		{"sign-in-help", "fresh, with a help line", helped},
		{"sign-in-signed-out", "signed out", out},
		{"sign-in-over-http", "opened over http", plain},
		{"sign-in-no-cookies", "the browser keeps no cookies", cookieless},
		{"sign-in-failed", "failed", failed},
		{"sign-in-failed-help", "failed, with a help line", failedHelped},
		{"sign-in-ended", "the session ended before a form was sent", ended},
		{"sign-in-ended-kept", "the same, with what was typed", endedKept},
		{"sign-in-empty", "sent without name and password", empty},
	})
}

func setUp(f views.Frame) []Sample {
	const page = "Set-up"
	fresh := views.SetupPage{
		Frame: guest(f, f.T("Set up Latchkey")), Token: "Q7H2-9KDM-XW4T-C6RP", Policy: views.FirstPolicy(f.Words, password.Default().Account),
	}
	refused := fresh
	refused.Name, refused.Email = "olga hollenbeck", "olga@hollenbeck"
	refused.Frame = with(refused.Frame,
		views.Problem{Field: "name", Text: f.T("A name has no spaces.")},
		views.Problem{Field: "email", Text: f.T("What stands behind the @ is not the name of a mail domain.")},
		broken(f, password.RuleMinimumDigits, 1, 0),
		views.Problem{Field: "confirmation", Text: f.T("The two passwords are not the same.")},
	)
	return show(page, views.Setup, []state[views.SetupPage]{
		{"set-up", "fresh", fresh},
		{"set-up-refused", "refused, with several mistakes", refused},
	})
}
