package samples

import (
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/views"
)

// templatesDir is where an operator has own versions of templates.
const templatesDir = "/etc/latchkey/mails/"

func mailTemplates(f views.Frame, written map[string]views.WrittenMail) []Sample {
	frame := seenBy(f, olga, "mail", f.T("Mail templates"))
	return append(show("Mail templates", views.MailTemplates, []state[views.MailTemplatesPage]{
		{"mail-templates", "all built-in", templatesPage(frame)},
		{"mail-templates-own", "some of one's own", templatesPage(frame, "layout.html", "de/closing.txt", "de/aom-accountBlacklisted.html")},
	}), previews(f, written)...)
}

// templatesPage lists all mails, with own versions of some files.
func templatesPage(f views.Frame, own ...string) views.MailTemplatesPage {
	page := views.MailTemplatesPage{Frame: f}
	for _, name := range models.MailTemplates() {
		template := views.MailTemplate{Name: name}
		for _, locale := range i18n.Locales {
			template.Languages = append(template.Languages, views.MailLanguage{
				Label: f.T("locale." + locale), URL: views.Query(views.MailTemplateURL(name), nil, "locale", locale),
				Files: templateFiles(locale, name, own...),
			})
		}
		page.Templates = append(page.Templates, template)
	}
	return page
}

func templateFiles(locale, name string, own ...string) (files []views.TemplateFile) {
	for _, path := range []string{locale + "/" + name + ".txt", locale + "/closing.txt", "layout.html", locale + "/" + name + ".html", locale + "/closing.html"} {
		file := views.TemplateFile{Name: path}
		for _, one := range own {
			if one == path {
				file.Own = templatesDir + path
			}
		}
		files = append(files, file)
	}
	return files
}

func previews(f views.Frame, written map[string]views.WrittenMail) []Sample {
	frame := seenBy(f, olga, "mail", f.T("template."+models.MailBlacklisted))
	usual := preview(frame, written[models.MailBlacklisted])
	own, capturing, tooMany, unknown := usual, usual, usual, usual
	own.Files = templateFiles(f.Locale, usual.Name, "layout.html", f.Locale+"/closing.txt")
	own.Headers = append([]views.Header{{Name: "Reply-To", Value: "Service desk <desk@hollenbeck.example>"}}, usual.Headers...)
	capturing.Capturing = true
	tooMany.Frame = with(frame, views.Problem{Text: f.T("You have asked for ten test mails within ten minutes, and more there cannot be. Wait a few minutes.")})
	unknown.Frame = with(frame, views.Problem{Text: f.T("There is no such language, state or part of this mail, so the usual one is shown.")})
	unknown.Asked = true
	return show("Preview of a mail", views.MailTemplatePreview, []state[views.MailTemplatePage]{
		{"mail-template", "built-in", usual},
		{"mail-template-own", "files of one's own, and an address for replies", own},
		{"mail-template-capturing", "no mail server", capturing},
		{"mail-template-too-many", "too many test mails", tooMany},
		{"mail-template-unknown", "a state that there is not", unknown},
	})
}

func preview(f views.Frame, mail views.WrittenMail) views.MailTemplatePage {
	return views.MailTemplatePage{
		Frame: f, Name: models.MailBlacklisted, Mail: mail, PlainText: mail.HTML, State: "1", To: "olga.hollenbeck@hollenbeck.example",
		Locales: locales(f)[1:], States: []views.Option{
			{Value: "1", Label: f.T("sample.for-a-time")}, {Value: "2", Label: f.T("sample.without-end")},
			{Value: "3", Label: f.T("{{.State}}, technical account", "State", f.T("sample.for-a-time"))},
		},
		Files: templateFiles(f.Locale, models.MailBlacklisted), Headers: []views.Header{
			{Name: "From", Value: `"Hollenbeck" <accounts@hollenbeck.example>`}, {Name: "Content-Language", Value: f.Locale},
			{Name: "Auto-Submitted", Value: "auto-generated"}, {Name: "X-Auto-Response-Suppress", Value: "All"},
		},
	}
}
