package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestServerHasBounds: no bound of a connection is left at 0, which would be none.
func TestServerHasBounds(t *testing.T) {
	testkit.Parallel(t)
	server := newServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler), productionTimings.Header)
	for name, bound := range map[string]time.Duration{
		"ReadHeaderTimeout": server.ReadHeaderTimeout, "ReadTimeout": server.ReadTimeout, "WriteTimeout": server.WriteTimeout,
		"IdleTimeout": server.IdleTimeout, "MaxHeaderBytes": time.Duration(server.MaxHeaderBytes),
	} {
		if bound <= 0 {
			t.Errorf("%s is %d", name, bound)
		}
	}
	if server.ErrorLog == nil {
		t.Error("what net/http has to say goes around the log")
	}
}

// TestSlowClients: those who say or take a byte at a time hold up nobody else, and are sent away in the end.
func TestSlowClients(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.seed("ada")
	if !testkit.Long() {
		p.timings.Header = 2 * time.Second
	}
	r := p.process()
	before := r.sockets()
	first := r.slowHeader(t)
	for range testkit.Times(50, 500) {
		r.slowHeader(t)
		r.slowBody(t)
		r.slowReader(t)
	}
	for range 5 {
		ada := r.SignIn("ada")
		ada.Get("/accounts").Want(http.StatusOK)
		ada.Get("/me").Want(http.StatusOK)
	}
	wantEnded(t, first)
	if testkit.Long() {
		r.wantSockets(t, before+5) // and the browsers
	}
	r.SignIn("ada")
}

// sockets counts the connections that the process holds, and what it listens on.
func (r *process) sockets() (count int) {
	r.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", r.ID()))
	if err != nil {
		r.Fatal(err)
	}
	for _, file := range files {
		if target, err := os.Readlink(file); err == nil && strings.HasPrefix(target, "socket:") {
			count++
		}
	}
	return count
}

// wantSockets wants the process to end connections until no more than so many are left.
func (r *process) wantSockets(t *testing.T, most int) {
	t.Helper()
	deadline, look := time.After(longestAnswer), time.NewTicker(100*time.Millisecond)
	defer look.Stop()
	for start := time.Now(); r.sockets() > most; <-look.C {
		select {
		case <-deadline:
			t.Fatalf("%d slow clients are still connected after %s", r.sockets()-most, time.Since(start))
		default:
		}
	}
}

// slowHeader says a header a byte at a time.
func (r *process) slowHeader(t *testing.T) net.Conn {
	t.Helper()
	conn := r.dial(t)
	go drip(conn, "POST /sign-in HTTP/1.1\r\nHost: "+r.address+"\r\nX-Slow: "+strings.Repeat("x", 1000))
	return conn
}

// slowBody says a form a byte at a time.
func (r *process) slowBody(t *testing.T) {
	t.Helper()
	form := "name=ada&password=" + strings.Repeat("x", 1000)
	conn, _ := sendHeader(t, r.address, len(form))
	go drip(conn, form)
}

// slowReader asks for a page again and again, and takes nothing of what it gets.
func (r *process) slowReader(t *testing.T) {
	t.Helper()
	conn := r.dial(t)
	request := "GET /sign-in HTTP/1.1\r\nHost: " + r.address + "\r\n\r\n"
	go fmt.Fprint(conn, strings.Repeat(request, 10_000)) // which ends with the connection
}

func (r *process) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// drip says a text so slowly that no bound of the program lets it end.
func drip(conn net.Conn, text string) {
	for i := range text {
		if _, err := io.WriteString(conn, text[i:i+1]); err != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// wantEnded wants the program to end a connection. What it says before may be read.
func wantEnded(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(longestAnswer)); err != nil {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a slow client is still connected after %s", longestAnswer)
	}
}
