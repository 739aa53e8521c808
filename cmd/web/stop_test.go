package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"latchkey/internal/testkit"
	"latchkey/models"
)

// TestStop lets a request that the program has begun to read be answered, though it was asked to stop meanwhile.
func TestStop(t *testing.T) {
	testkit.Parallel(t)
	p := newProgram(t, models.SQLite)
	p.start("127.0.0.1:0")
	address := strings.TrimPrefix(p.base, "http://")
	const form = "name=nobody&password=Winter-Tea-7"
	conn, answers := sendHeader(t, address, len(form))

	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		p.stop()
	}()
	awaitClosed(address)
	if _, err := fmt.Fprint(conn, form); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the request in flight was answered %d", answer.StatusCode)
	}
	<-stopped
}

// sendHeader sends a form's header alone, and returns when the program waits for its body.
func sendHeader(t *testing.T, address string, length int) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "POST /sign-in HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n", address, length)
	answers := bufio.NewReader(conn)
	line, err := answers.ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return conn, answers
}

// awaitClosed returns when the program takes no new connections.
func awaitClosed(address string) {
	for {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = conn.Close()
	}
}
