package samples

import (
	"latchkey/i18n"
	"latchkey/views"
)

// guest is the frame for who is not signed in.
func guest(f views.Frame, title string) views.Frame {
	f.Title = title
	return f
}

// seenBy is the frame for who is signed in.
func seenBy(f views.Frame, who views.Who, section, title string) views.Frame {
	f.Who, f.Section, f.Title = &who, section, title
	f.Waiting = views.Waiting{Accounts: 4, Mails: 1, Most: 100}
	return f
}

// with puts what was wrong with a form on its page.
func with(f views.Frame, problems ...views.Problem) views.Frame {
	f.Problems = problems
	return f
}

// saying has a message on top about what was just done.
func saying(f views.Frame, flash string) views.Frame {
	f.Flash = flash
	return f
}

func locales(f views.Frame) []views.Option {
	options := []views.Option{{Label: language(f, "")}}
	for _, locale := range i18n.Locales {
		options = append(options, views.Option{Value: locale, Label: language(f, locale)})
	}
	return options
}

func language(f views.Frame, locale string) string {
	if locale == "" {
		return f.T("As the browser asks (mails in English)")
	}
	return f.T("locale." + locale)
}

// creatable are the kinds that a SuperAdmin may create.
func creatable(f views.Frame) []views.Option {
	return []views.Option{
		{Value: views.NewAccountURL("customer"), Label: f.T("New customer")},
		{Value: views.NewAccountURL("organization"), Label: f.T("New organization")},
		{Value: views.NewAccountURL("superadmin"), Label: f.T("New SuperAdmin")},
	}
}
