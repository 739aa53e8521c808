package samples

import (
	"net/url"
	"time"

	"latchkey/models"
	"latchkey/views"
)

func mails(f views.Frame, written map[string]views.WrittenMail) []Sample {
	const page = "Mail"
	all := mailsPage(seenBy(f, olga, "mail", f.T("Mail")), ledger(f))
	all.Pager.Older = views.Query(views.MailURL, nil, "after", id(0x71))
	middle, capturing, none, filtered, unreadable := all, mailsPage(all.Frame, ledger(f)[4:5]), mailsPage(all.Frame, nil), mailsPage(all.Frame, nil), all
	middle.Pager.Newer = views.Query(views.MailURL, nil, "before", id(0x72))
	capturing.Capturing = true
	trouble := all
	trouble.Trouble = unreachable(f)
	failed := mailsPage(all.Frame, ledger(f)[3:4])
	failed.Query, failed.Filtered = url.Values{"state": {"failed"}}, true
	filtered.Query, filtered.Filtered = url.Values{"to": {"nobody@hollenbeck.example"}, "state": {"failed"}}, true
	unreadable.Query, unreadable.Filtered = url.Values{"state": {"lost"}}, true
	unreadable.Frame = with(all.Frame, views.Problem{Text: f.T("There is no such filter or place in the list, so it was left out.")})
	unreadable.Asked = true
	return append(show(page, views.Mails, []state[views.MailsPage]{
		{"mails", "every state", all},
		{"mails-pages", "in the middle of many", middle},
		{"mails-trouble", "the mail server cannot be reached", trouble},
		{"mails-failed", "those that failed", failed},
		{"mails-capturing", "no mail server", capturing},
		{"mails-nothing", "nothing found", filtered},
		{"mails-unreadable", "a filter that cannot be read", unreadable},
		{"mails-empty", "none yet", none},
	}), mailStates(f, written)...)
}

func unreachable(f views.Frame) models.MailTrouble {
	return models.MailTrouble{
		Since: *ago(f, 3*time.Hour), LastAt: *ago(f, time.Minute),
		Answer: "dial tcp 192.0.2.25:587: connect: connection refused",
	}
}

func mailsPage(f views.Frame, list []models.Mail) views.MailsPage {
	page := views.MailsPage{
		Frame: f, Mails: list, States: []views.Option{{Label: f.T("All states")}}, Templates: []views.Option{{Label: f.T("All mails")}},
	}
	for _, state := range models.MailStates() {
		page.States = append(page.States, views.Option{Value: string(state), Label: f.T("mail." + string(state))})
	}
	for _, template := range models.MailTemplates() {
		page.Templates = append(page.Templates, views.Option{Value: template, Label: f.T("template." + template)})
	}
	return page
}

// ledger has a mail in each state, in the order of models.MailStates.
func ledger(f views.Frame) []models.Mail {
	return []models.Mail{
		letter(f, 0x61, models.MailWaiting, models.MailReminder, "henrik.lindqvist", "henrik.lindqvist@hollenbeck.example", 20*time.Minute, 2,
			"450 4.2.0 <henrik.lindqvist@hollenbeck.example>: greylisted, come back in 5 minutes"),
		letter(f, 0x62, models.MailSending, models.MailReminder, "bea.hollenbeck", "bea.hollenbeck@hollenbeck.example", 21*time.Minute, 1, ""),
		letter(f, 0x63, models.MailSent, models.MailExpiration, "jürgen.weiß", "juergen.weiss@nordkai.example", 3*day, 1, "250 2.0.0 Ok: queued as 4bXq7T2Lz9"),
		letter(f, 0x64, models.MailFailed, models.MailReminder, "ola.bergström", "ola.bergstrom@example.org", 8*day, 8,
			"550 5.1.1 <ola.bergstrom@example.org>: Recipient address rejected: User unknown in virtual mailbox table"),
		letter(f, 0x65, models.MailCaptured, models.MailBlacklisted, miguel, "miguel.santos@hollenbeck.example", 9*day, 0, ""),
		letter(f, 0x66, models.MailDropped, models.MailReminder, "zoë.maes", "zoe.maes@hollenbeck.example", 10*day, 0, ""),
		letter(f, 0x67, models.MailHeldBack, models.MailBlacklisted, "hafenbüro", "hafenbuero@nordkai.example", 11*day, 0, ""),
	}
}

func letter(f views.Frame, number int, state models.MailState, template, name, to string, due time.Duration, tries int, answer string) models.Mail {
	of := id(number + 0x100)
	return models.Mail{
		ID: id(number), Template: template, AccountID: &of, AccountName: name, Recipient: to, State: state, CreatedAt: *ago(f, due),
		Tries: tries, NextTryAt: *ahead(f, 5*time.Minute), LastAnswer: answer, MessageID: "<" + id(number) + "@latchkey.hollenbeck.example>",
	}
}

// mailStates are a mail in each state. What was never handed to anybody has not been written out.
func mailStates(f views.Frame, written map[string]views.WrittenMail) []Sample {
	var all []state[views.MailPage]
	for _, mail := range ledger(f) {
		of := views.MailPage{Frame: seenBy(f, olga, "mail", f.T("Mail")), Mail: mail}
		switch mail.State {
		case models.MailSending, models.MailSent, models.MailFailed, models.MailCaptured:
			of = writtenOut(of, written[mail.Template])
		}
		of.Tries = wentWrong(mail)
		all = append(all, state[views.MailPage]{"mail-" + string(mail.State), string(mail.State), of})
		if mail.State == models.MailFailed {
			of.Frame = with(of.Frame, views.Problem{Text: f.T("Only a mail that has failed can be tried again.")})
			of.Mail.AccountID = nil
			all = append(all, state[views.MailPage]{"mail-refused", "refused to send again, of an account that is gone", of})
		}
	}
	return show("One mail", views.Mail, append(all, testMail(f, written)))
}

// wentWrong are a mail's tries but for one that went well or has no answer yet.
func wentWrong(mail models.Mail) (tries []models.MailTry) {
	if mail.State != models.MailWaiting && mail.State != models.MailFailed {
		return nil
	}
	for number := 1; number < mail.Tries; number++ {
		tries = append(tries, models.MailTry{
			Number: number, At: mail.CreatedAt.Add(time.Minute << number), Answer: "dial tcp 192.0.2.25:587: connect: connection refused",
		})
	}
	return append(tries, models.MailTry{Number: mail.Tries, At: mail.CreatedAt.Add(time.Minute << mail.Tries), Answer: mail.LastAnswer})
}

func writtenOut(page views.MailPage, as views.WrittenMail) views.MailPage {
	page.Mail.Subject, page.Mail.TextBody, page.HTML = as.Subject, as.Text, as.HTML
	return page
}

// testMail is a mail that somebody had sent to herself.
func testMail(f views.Frame, written map[string]views.WrittenMail) state[views.MailPage] {
	mail := letter(f, 0x68, models.MailSent, models.MailBlacklisted, olga.Name, "olga.hollenbeck@hollenbeck.example", time.Minute, 1, "250 2.0.0 Ok: queued as 4bXq7T2Lz9")
	mail.Data.Test = true
	page := views.MailPage{Frame: saying(seenBy(f, olga, "mail", f.T("Mail")), f.T("The test mail is on its way to you.")), Mail: mail}
	return state[views.MailPage]{"mail-test", "a test mail", writtenOut(page, written[mail.Template])}
}
