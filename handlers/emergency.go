package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"latchkey/accounts/core"
	"latchkey/accounts/emergency"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
	"latchkey/views/ui"
)

func (s *App) showEmergency(c echo.Context) error {
	return page.Render(c, http.StatusOK, views.Emergency(s.emergencyPage(c)))
}

func (s *App) emergencyPage(c echo.Context) views.EmergencyPage {
	view := views.EmergencyPage{Frame: s.PlainFrame(c, "Emergency access"), Help: s.Help, Secure: s.SecurePage(c)}
	view.Frame.Reader, view.Frame.Nav, view.Frame.Here = nil, nil, views.EmergencyURL // as to everyone
	view.Frame.Person = ""
	return view
}

// enterEmergency opens a session with an emergency code, or shows for how long its lead time still runs.
func (s *App) enterEmergency(c echo.Context) error {
	name, code := page.Field(c, "name"), page.Field(c, "code")
	entered, err := s.Accounts.Emergency.Enter(c.Request().Context(), name, code, page.Client(c))
	view := s.emergencyPage(c)
	view.Name = name
	switch {
	case err == nil && entered.Opens:
		s.StartSession(c, entered.SignedIn, nil)
		return c.Redirect(http.StatusSeeOther, page.Home(entered.Account.Kind))
	case err == nil:
		view.Waits = &entered.Waits
		if entered.Waits <= 0 {
			view.Code = code // which opens the account with the next click
		}
		return page.Render(c, http.StatusOK, views.Emergency(view))
	}
	if view.Failed = errors.Is(err, core.ErrSignIn); !view.Failed {
		view.Code = code
		if err := page.SetProblems(&view.Frame, err); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusUnprocessableEntity, views.Emergency(view))
}

func (s *App) emergencyCodes(c echo.Context) error {
	s.RestoreForm(c)
	return s.emergencyCodesPage(c, nil)
}

func (s *App) emergencyCodesPage(c echo.Context, failed error) error {
	who := page.Visitor(c)
	frame, status, err := s.FormFrame(c, "me", "Emergency access", failed)
	if err != nil {
		return err
	}
	view := views.EmergencyCodesPage{
		Frame: frame, Account: who.Account, Most: emergency.MaxCodes, MostHours: emergency.MaxLead, Untold: s.untold(frame),
		Name: page.Field(c, "person"), Hours: leadHours(c),
	}
	view.Codes, err = s.Accounts.Emergency.Own(c.Request().Context(), page.Actor(c))
	if off := (core.OffError{}); errors.As(err, &off) {
		view.Off, err = off.Setting, nil
	}
	if err != nil {
		return err
	}
	return page.Render(c, status, views.EmergencyCodes(view))
}

// leadHours is the lead time that was typed, or else the default.
func leadHours(c echo.Context) string {
	if c.Request().PostForm.Has("lead_hours") {
		return page.Field(c, "lead_hours")
	}
	return strconv.Itoa(emergency.DefaultLead)
}

// untold explains why the owner gets no e-mail when an emergency code is used; "" = they do.
func (s *App) untold(frame ui.Frame) string {
	switch {
	case frame.Capturing:
		return frame.T("There is no mail server, so you get no e-mail when a code is used. You only see it when you sign in.")
	case slices.Contains(s.Accounts.Settings().NoticesOff, models.EmergencyRequested):
		return frame.T("E-mails about emergency access are switched off, so you get none when a code is used. You only see it when you sign in.")
	default:
		return ""
	}
}

// addEmergencyCode shows the new code once.
func (s *App) addEmergencyCode(c echo.Context) error {
	added, shown, err := s.Accounts.Emergency.Add(c.Request().Context(), page.Actor(c), page.Field(c, "person"), leadHours(c), page.Field(c, "submission"))
	switch {
	case errors.As(err, new(core.AlreadyDoneError)):
		return s.Done(c, views.EmergencyCodesURL, s.WordsFor(c).T("This form was already sent. If you did not save the code, delete it and create another."))
	case err != nil:
		return s.emergencyCodesPage(c, err)
	}
	return page.Render(c, http.StatusOK, views.EmergencyCode(views.EmergencyCodePage{
		Frame: s.FrameShownOnce(c, "me", "Emergency code"), Account: page.Visitor(c).Account, Code: added, Shown: shown, EnterAt: s.BaseURL.JoinPath(views.EmergencyURL).String(),
	}))
}

func (s *App) stopEmergency(c echo.Context) error {
	if err := s.Accounts.Emergency.Stop(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.emergencyCodesPage(c, err)
	}
	return s.Done(c, views.EmergencyCodesURL, s.WordsFor(c).T("Emergency access stopped. The code opens nothing any more."))
}

func (s *App) deleteEmergencyCode(c echo.Context) error {
	if err := s.Accounts.Emergency.Delete(c.Request().Context(), page.Actor(c), c.Param("id")); err != nil {
		return s.emergencyCodesPage(c, err)
	}
	return s.Done(c, views.EmergencyCodesURL, s.WordsFor(c).T("Emergency code deleted."))
}

func (s *App) stopEmergencyOf(c echo.Context) error {
	return s.runAccountAction(c, func(ctx context.Context, who core.Actor, id string) error {
		return s.Accounts.Emergency.StopOf(ctx, who, id, c.Param("code"))
	}, "Emergency access stopped.", "")
}
