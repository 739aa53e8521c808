package handlers

import (
	"cmp"
	"slices"

	"latchkey/accounts"
	"latchkey/models"
	"latchkey/views"
)

// tell puts what happened to an account in one line of time, the newest first: events of the log and mails.
func tell(frame views.Frame, story accounts.Story) []views.Event {
	all := events(frame, story.Events)
	for _, mail := range story.Mails {
		all = append(all, mailEvent(frame, mail))
	}
	slices.SortFunc(all, func(a, b views.Event) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
	return shorten(fold(frame, all, story.Cut))
}

// lineLength is how many lines a time line has at most, and failureLines how many of them tell of failed sign-ins: who
// fails from many addresses crowds nothing out.
const (
	lineLength   = 20
	failureLines = lineLength / 2
)

func shorten(lines []views.Event) []views.Event {
	failures := 0
	lines = slices.DeleteFunc(lines, func(line views.Event) bool {
		if line.Action == accounts.ActionSignInFailed {
			failures++
		}
		return line.Action == accounts.ActionSignInFailed && failures > failureLines
	})
	return lines[:min(len(lines), lineLength)]
}

// fold makes one line of what happened several times in a row on one day. Before those that are cut there were more.
func fold(frame views.Frame, events []views.Event, cut []string) (lines []views.Event) {
	for _, event := range events {
		event.Times = 1
		if n := len(lines); n == 0 || !event.Again(frame, lines[n-1]) {
			lines = append(lines, event)
		} else {
			lines[n-1].Times++
		}
		if slices.Contains(cut, event.ID) {
			lines[len(lines)-1].OrMore = true
		}
	}
	return lines
}

// mailEvent is a mail in the time line of its account.
func mailEvent(frame views.Frame, mail models.Mail) views.Event {
	event := views.Event{
		ID: mail.ID, Action: "mail", At: mail.CreatedAt, Tone: "mail", Mail: mail.State, Detail: views.Isolate(mail.Recipient),
		What: frame.T("Mail: {{.Name}}", "Name", frame.T("template."+mail.Template)),
	}
	if mail.Data.Test {
		event.What = frame.T("Test mail: {{.Name}}", "Name", frame.T("template."+mail.Template))
	}
	if frame.Who.IsSuperAdmin() {
		event.URL = views.MailItemURL(mail.ID)
	}
	return event
}

// tones mark events in a time line; one that is not here is neither good nor bad.
var tones = map[string]string{
	accounts.ActionSignedIn: "good", accounts.ActionPasswordOwn: "good", accounts.ActionUnblocked: "good",
	accounts.ActionBlockEnded: "good", accounts.ActionEnabled: "good",
	accounts.ActionSignInFailed: "bad", accounts.ActionBlacklisted: "bad",
	accounts.ActionExpired: "warn", accounts.ActionLapsed: "warn", accounts.ActionDisabled: "warn",
	accounts.ActionRequireChange: "warn", accounts.ActionDeviceUsedUp: "warn", accounts.ActionRefused: "warn",
}

// sessionsOf are an account's sessions, with where to end each unless the account is one's own.
func sessionsOf(account models.Account, list []models.Session, own bool) []views.Session {
	sessions := make([]views.Session, len(list))
	for i, session := range list {
		sessions[i] = views.Session{Session: session}
		if !own {
			sessions[i].EndURL = views.EndSessionOfURL(account.ID, session.ID)
		}
	}
	return sessions
}

// ownSessions are one's own, the one that asks marked.
func ownSessions(list []models.Session, current string) []views.Session {
	sessions := make([]views.Session, len(list))
	for i, session := range list {
		sessions[i] = views.Session{Session: session, Current: session.ID == current, EndURL: views.EndSessionURL(session.ID)}
	}
	return sessions
}
