### Alles, was Moult sagt, auf Deutsch. Kurz, freundlich, genau; „Sie“; keine Ausrufezeichen.

## The frame

step-of = Schritt { $step } von { $count }
step-welcome = Willkommen
step-network = Netzwerk
step-disk = Datenträger
step-account = Konto
step-summary = Übersicht
step-install = Installation
step-done = Fertig
continue = Weiter
back = Zurück
quit = Beenden
computer-restart = Computer neu starten
computer-off = Ausschalten
computer-stays = Der Computer lässt sich nicht beenden: { $reason }. Drücken Sie seine Ein/Aus-Taste.
cancel = Abbrechen
change = Ändern
try-again = Noch einmal versuchen
start-over = Von vorn beginnen
details-show = Einzelheiten zeigen
details-hide = Einzelheiten verbergen
language-label = Sprache
keyboard-search = Belegung suchen
keyboard-none-found = Keine Belegung hat das im Namen.
appearance-light = Hell
appearance-dark = Dunkel
appearance-contrast = Hoher Kontrast
backend-starting = Wird vorbereitet …
backend-again = Der Teil von Moult, der an den Datenträgern arbeitet, wurde beendet. Er wird neu gestartet …
indicator-online = Verbunden
indicator-connecting = Verbindet …
indicator-offline = Kein Netzwerk
indicator-unavailable = Kein Netzwerkdienst

## Welcome

welcome-title = Willkommen
welcome-lead = Wenige Schritte, und dieser Computer hat ein neues System. Auf Ihren Datenträgern ändert sich nichts, bevor Sie es auf der Seite „Übersicht“ bestätigen.
welcome-language = Sprache
welcome-keyboard = Tastaturbelegung
welcome-keyboard-change = Andere Belegung
welcome-test = Hier können Sie die Tasten ausprobieren
welcome-test-hint = Tippen Sie die Zeichen, die Ihre Tastatur besonders machen
welcome-medium = Installationsmedium
welcome-medium-unchecked = Es kann ganz gelesen und mit seiner Prüfsumme verglichen werden
welcome-medium-check = Prüfen
welcome-medium-checking = Es wird gelesen und verglichen …
welcome-medium-good = Das Medium ist in Ordnung.
welcome-medium-damaged = Das Medium ist beschädigt: Sein Inhalt stimmt nicht mit seiner Prüfsumme überein. Ihre Datenträger wurden nicht verändert. Erstellen Sie das Medium neu; wenn es wieder geschieht, auf einem anderen Stick.

## Network

network-title = Gibt es ein Netzwerk?
network-lead = Eine Verbindung holt die Pakete, die nicht auf diesem Medium liegen. Sie wird auch in das neue System übernommen.
network-wired = Kabel ({ $interface })
network-wifi = WLAN
network-wifi-none = Kein WLAN ist in Reichweite.
network-wifi-no-device = Dieser Computer hat kein WLAN-Gerät, das hier benutzt werden kann.
network-none = Kein Netzwerkgerät wurde gefunden.
network-look-again = Noch einmal suchen
network-link-unplugged = Kein Kabel
network-link-disconnected = Nicht verbunden
network-link-connecting = Verbindet …
network-link-connected = Verbunden
network-link-failed = Der letzte Versuch ist gescheitert
network-link-address = Verbunden, Adresse { $address }
network-method = Adresse
network-method-dhcp = Automatisch
network-method-static = Von Hand
network-settings = Einstellungen
network-address = Adresse mit Präfix
network-address-hint = 192.0.2.7/24
network-gateway = Gateway (darf leer bleiben)
network-gateway-hint = 192.0.2.1
network-dns = Nameserver, durch Leerzeichen getrennt (darf leer bleiben)
network-dns-hint = 192.0.2.53
network-apply = Übernehmen
network-applying = { $interface } wird eingerichtet …
network-address-wrong = Eine Adresse sieht aus wie 192.0.2.7/24.
network-gateway-wrong = Ein Gateway sieht aus wie 192.0.2.1.
network-dns-wrong = Jeder Nameserver sieht aus wie 192.0.2.53.
network-join = Verbinden
network-joining = { $network } wird verbunden …
network-key = Schlüssel von { $network }
network-key-short = Der Schlüssel hat 8 bis 63 Zeichen.
network-hidden = Ein Netzwerk, das seinen Namen nicht zeigt
network-hidden-name = Name des Netzwerks
network-hidden-key = Schlüssel (leer, wenn es keinen hat)
network-name-wrong = Der Name hat 1 bis 32 Bytes.
network-active = Verbunden
network-open = Offen (andere können mithören)
network-protected = Geschützt
network-unsupported = Kann von hier nicht verbunden werden
network-strength = Signal { $percent } %
network-offline-note = Es geht auch ohne Netzwerk. Falls Pakete auf diesem Medium fehlen, erfahren Sie es, bevor etwas geschrieben wird.
network-skip = Ohne Netzwerk weiter

## Disk

disk-title = Wohin soll das System?
disk-lead = Nichts wird geschrieben, bevor Sie es auf der Seite „Übersicht“ bestätigen.
disk-looking = Die Datenträger werden angesehen …
disk-none = Kein Datenträger wurde gefunden.
disk-none-free = Keiner dieser Datenträger kann benutzt werden. Der Grund steht jeweils dabei.
disk-look-again = Noch einmal suchen
disk-serial = Seriennr. …{ $tail }
disk-removable = kann abgezogen werden
disk-empty = Es ist nichts darauf
disk-minimum = Das System braucht mindestens { $size }.
disk-erased = Alles auf { $disk } wird gelöscht, wenn Sie später bestätigen.
disk-cannot = Nicht wählbar: { $reason }
disk-filesystem = Dateisystem
filesystem-ext4 = ext4
filesystem-ext4-note = seit vielen Jahren bewährt
filesystem-xfs = XFS
filesystem-xfs-note = schnell mit großen Dateien
filesystem-btrfs = Btrfs
filesystem-btrfs-note = kann Schnappschüsse Ihrer Dateien behalten
bus-nvme = NVMe
bus-ata = SATA
bus-usb = USB
bus-scsi = SCSI
bus-mmc = Speicherkarte
bus-virtio = Virtueller Datenträger
bus-loop = Datenträgerabbild
bus-other = Anderer Anschluss
refusal-live-medium = Sie haben diesen Computer davon gestartet.
refusal-in-use = er wird gerade benutzt.
refusal-in-use-at = er wird gerade benutzt ({ $at }).
refusal-too-small = er ist zu klein.
refusal-too-small-needed = er ist zu klein; das System braucht { $size }.
refusal-read-only = er kann nicht beschrieben werden (vielleicht ist ein Schreibschutz eingeschaltet).
refusal-unreadable = er konnte nicht gelesen werden.
refusal-unreadable-why = er konnte nicht gelesen werden ({ $why }).
segment-free = Frei
segment-esp = Startpartition
segment-system = System
segment-data = Daten
segment-swap = Auslagerung
segment-encrypted = Verschlüsselt
segment-unknown = Unbekannt
segment-new = Neu
segment-with-size = { $name } · { $size }

## Account

account-title = Wer wird diesen Computer benutzen?
account-lead = Dieses Konto darf das System verwalten.
account-full-name = Vollständiger Name
account-full-name-hint = Darf leer bleiben
account-user-name = Benutzername
account-password = Passwort
account-password-again = Das Passwort noch einmal
account-hostname = Name dieses Computers
account-layout = Getippt mit: { $layout }
account-user-name-empty = Zum Anmelden braucht es einen Benutzernamen.
account-user-name-start = Der Benutzername beginnt mit einem kleinen Buchstaben von a bis z.
account-user-name-characters = Der Benutzername darf kleine Buchstaben von a bis z, Ziffern, - und _ haben.
account-user-name-long = Der Benutzername hat höchstens 32 Zeichen.
account-user-name-taken = Den Namen { $name } benutzt das System selbst.
account-full-name-characters = Der vollständige Name kann keinen Doppelpunkt, kein Komma und keinen Zeilenumbruch enthalten.
account-full-name-long = Der vollständige Name ist zu lang.
account-password-empty = Zum Anmelden braucht es ein Passwort.
account-password-long = Das Passwort ist zu lang.
account-password-again-empty = Tippen Sie das Passwort noch einmal, damit kein Vertipper Sie aussperrt.
account-password-differs = Die beiden Passwörter sind verschieden.
account-hostname-empty = Der Computer braucht einen Namen.
account-hostname-characters = Der Name des Computers darf Buchstaben von a bis z, Ziffern und - haben.
account-hostname-edges = Der Name des Computers kann nicht mit - beginnen oder enden.
account-hostname-long = Der Name des Computers hat höchstens 63 Zeichen.
account-hostname-suggestion = { $name }-pc
strength-0 = Sehr schwach
strength-1 = Schwach
strength-2 = Mittel
strength-3 = Gut
strength-4 = Stark
strength-with-advice = { $word }. { $advice }
advice-common = Viele benutzen es; es wird zuerst probiert.
advice-keys = Benachbarte Tasten sind leicht zu erraten.
advice-repeat = Wiederholte Zeichen sind leicht zu erraten.
advice-sequence = Reihen, Jahre und Daten sind leicht zu erraten.
advice-name = Namen sind leicht zu erraten.
advice-swap = Großbuchstaben und vertauschte Zeichen helfen kaum.
advice-more = Ein oder zwei Wörter mehr machen es stärker.

## Summary

summary-title = Das wird geschehen
summary-preparing = Der Plan wird gemacht …
summary-before = { $disk } jetzt
summary-after = { $disk } danach
summary-lost = Was jetzt auf { $disk } ist, geht verloren: { $size }. Es kann nicht zurückgeholt werden.
summary-lost-nothing = Auf { $disk } ist nichts, was verloren ginge.
summary-others = Kein anderer Datenträger wird verändert.
summary-new = { $system } bekommt { $size } von { $disk }.
summary-steps = { $count ->
        [one] Ein Schritt verändert den Datenträger.
       *[other] { $shown } Schritte verändern den Datenträger.
    }
summary-turn-back = Hat Schritt { $step } begonnen, kann nicht zurückgeholt werden, was auf dem Datenträger war. Bis Sie hier bestätigen, wird nichts geschrieben.
summary-packages = { $count ->
        [one] Ein Paket wird installiert, { $size } sind zu holen.
       *[other] { $shown } Pakete werden installiert, { $size } sind zu holen.
    }
summary-language = Sprache
summary-keyboard = Tastatur
summary-network = Netzwerk
summary-disk = Datenträger
summary-filesystem = Dateisystem
summary-account = Konto
summary-account-named = { $full } ({ $user })
summary-hostname = Name des Computers
summary-timezone = Zeitzone
summary-confirm-erase = { $disk } löschen und installieren
summary-confirm = Auf { $disk } installieren
summary-hold = Halten Sie den Knopf unten eine Sekunde lang gedrückt: Dann beginnt das Löschen.
summary-failed = Der Plan konnte nicht gemacht werden.

## Installation

progress-title = Installation auf { $disk }
progress-nothing-else = Sie können den Computer allein lassen; kein anderer Datenträger wird verändert.
phase-check = Der Datenträger wird noch einmal angesehen: Ist es der, dem Sie zugestimmt haben?
phase-resolve = Die Pakete werden ausgewählt.
phase-partition = Der Datenträger wird eingeteilt, die Dateisysteme werden angelegt.
phase-fetch = Die Pakete werden geholt.
phase-store = Die Pakete werden ausgepackt.
phase-compose = Das System wird zusammengesetzt.
phase-configure = Ihr Konto, die Tastatur und das Netzwerk werden eingerichtet.
phase-boot = Das Startmenü wird geschrieben und nachgelesen.
phase-refresh = Die Paketlisten werden gelesen.
phase-triggers = Was die Pakete brauchen, wird ausgeführt.
phase-activate = Der neue Stand wird eingesetzt.
phase-verify = Jede Datei wird mit dem verglichen, was sie sein soll.
phase-prune = Alte Stände werden entfernt.
phase-export = Das System wird an einen anderen Ort geschrieben.
phase-finish = Alles wird zu Ende geschrieben und nachgelesen.
progress-bytes = { $done } von { $total }
progress-packages = { $total ->
        [one] { $shown_done } von einem Paket
       *[other] { $shown_done } von { $shown_total } Paketen
    }
progress-steps = { $total ->
        [one] { $shown_done } von einem Schritt
       *[other] { $shown_done } von { $shown_total } Schritten
    }
left-unknown = Wie lange es dauert, zeigt sich gleich …
left-seconds = Weniger als eine Minute
left-minutes = { $count ->
        [one] Noch etwa eine Minute
       *[other] Noch etwa { $count } Minuten
    }
left-hours = { $count ->
        [one] Noch etwa eine Stunde
       *[other] Noch etwa { $count } Stunden
    }
progress-log-empty = Noch ist nichts vermerkt.
cancel-means-free = Sie können noch abbrechen: Es ist noch nichts verändert.
cancel-means-unfinished = Wenn Sie jetzt abbrechen, bleibt { $disk } gelöscht und unfertig.
cancel-means-no = Abbrechen geht nicht mehr; was noch fehlt, dauert nur einen Augenblick.
cancel-ask-free = Jetzt aufhören? Es ist noch nichts verändert.
cancel-ask-unfinished = Jetzt aufhören? { $disk } ist schon gelöscht und hätte dann kein ganzes System.
cancel-stop = Installation beenden
cancel-keep = Weitermachen
cancel-stopping = Wird beendet …

## Done

no-boot-loader = Von diesem Datenträger kann kein Computer starten: Die angebotenen Pakete bringen keinen Kernel oder kein Startprogramm mit. Das System darauf startet in einem Container.
done-title = Das System ist installiert
done-disk = Es ist auf { $disk }, vollständig geschrieben.
done-account = Melden Sie sich als { $user } an, mit dem Passwort, das Sie gewählt haben.
done-boots = Von nun an startet der Computer damit: Nehmen Sie das Medium heraus und starten Sie neu.
done-lead = Hier ist nichts mehr zu tun.

## Failed

failed-what = Was geschehen ist
failed-todo = Was Sie tun können
failed-details = Einzelheiten
failed-no-details = Weitere Einzelheiten gibt es nicht.
state-untouched = Nichts wurde verändert. Ihre Datenträger sind, wie sie waren.
state-disk-unfinished = { $disk ->
        [none] Der gewählte Datenträger wurde gelöscht und hat noch kein ganzes System. Sonst wurde nichts verändert.
       *[other] { $disk } wurde gelöscht und hat noch kein ganzes System. Sonst wurde nichts verändert.
    }
state-installed = { $disk ->
        [none] Der gewählte Datenträger hat ein ganzes neues System.
       *[other] { $disk } hat ein ganzes neues System.
    }
state-system-intact = Das System, das Sie hatten, ist ganz und startet weiterhin.
state-activated = Der neue Stand ist eingesetzt und heil.
state-unknown = { $disk ->
        [none] Wie es um den gewählten Datenträger steht, ist nicht bekannt. Sehen Sie nach, bevor Sie damit arbeiten.
       *[other] Wie es um { $disk } steht, ist nicht bekannt. Sehen Sie nach, bevor Sie damit arbeiten.
    }
the-disk = Der Datenträger
failure-none = Es ist nichts schiefgegangen.
failure-none-todo = Sie können weitermachen.
failure-cancelled = Sie haben es angehalten, bevor es fertig war.
failure-cancelled-todo = Beginnen Sie von vorn, wann immer Sie möchten.
failure-busy = Eine andere Änderung läuft.
failure-busy-todo = Warten Sie, bis sie zu Ende ist, und versuchen Sie es dann noch einmal.
failure-not-authorized = Moult durfte das System nicht ändern.
failure-not-authorized-todo = Versuchen Sie es noch einmal und erlauben Sie es, oder fragen Sie die Person, die sich um diesen Computer kümmert.
failure-backend-stopped = Der Teil von Moult, der Änderungen macht, hörte auf, bevor er fertig war.
failure-backend-stopped-todo = Beginnen Sie von vorn. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-backend-stopped-system-todo = Versuchen Sie es noch einmal. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-bad-input = Eine der Angaben lässt sich nicht ausführen ({ $field }: { $reason }).
failure-bad-input-todo = Gehen Sie zurück, ändern Sie die Angabe und versuchen Sie es noch einmal.
failure-disk-gone = { $disk } ist nicht mehr da.
failure-disk-gone-todo = Schließen Sie ihn wieder an oder wählen Sie einen anderen Datenträger.
failure-disk-changed = { $disk } ist nicht mehr so, wie er war, als Sie dem Plan zustimmten: { $difference }
failure-disk-changed-todo = Beginnen Sie von vorn und sehen Sie sich den neuen Zustand an, bevor Sie bestätigen.
failure-disk-too-small = { $disk } ist zu klein: Er hat { $size }, gebraucht werden { $needed }.
failure-disk-too-small-todo = Wählen Sie einen größeren Datenträger.
failure-disk-refused = { $disk } kann nicht gewählt werden: { $reason }
failure-disk-refused-todo = Wählen Sie einen anderen Datenträger.
failure-plan-unknown = Der bestätigte Plan gilt nicht mehr.
failure-plan-unknown-todo = Beginnen Sie von vorn; ein neuer Plan wird gemacht und Ihnen gezeigt.
failure-disk-full = Auf dem Datenträger war nicht genug Platz.
failure-disk-full-todo = Beginnen Sie von vorn, mit einem größeren Datenträger.
failure-disk-full-sizes = Auf dem Datenträger ist nicht genug Platz: Gebraucht werden mindestens { $needed }, frei sind { $free }.
failure-disk-full-system-todo = Schaffen Sie zuerst Platz: Entfernen Sie frühere Stände (Verlauf, Platz schaffen) oder Programme, die Sie nicht brauchen.
failure-disk-failed = Lesen oder Schreiben ist gescheitert ({ $path }).
failure-disk-failed-todo = Der Datenträger oder sein Kabel ist vielleicht defekt. Versuchen Sie es noch einmal oder nehmen Sie einen anderen.
failure-tool-failed = Ein Systemprogramm gab auf ({ $tool }, { $status }).
failure-tool-failed-todo = Beginnen Sie von vorn. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-repository-unreachable = Die Paketquelle ist nicht zu erreichen ({ $uri }).
failure-repository-unreachable-todo = Sehen Sie nach dem Netzwerk und versuchen Sie es dann noch einmal.
failure-repository-damaged = Die Paketliste ist beschädigt ({ $uri }).
failure-repository-damaged-todo = Versuchen Sie es später noch einmal oder nehmen Sie ein anderes Medium.
failure-package-damaged = Ein Paket ist nicht das, was die Liste versprach ({ $package }); es wurde nicht benutzt.
failure-package-damaged-todo = Versuchen Sie es noch einmal; bleibt es so, ist das Medium oder die Quelle beschädigt.
failure-unresolvable = Die Pakete passen nicht zusammen: { $explanation }
failure-unresolvable-todo = Das ist ein Fehler der Paketquelle. Versuchen Sie es später noch einmal.
failure-file-conflict = Zwei Pakete, { $first } und { $second }, bringen beide { $path } mit.
failure-file-conflict-todo = Das ist ein Fehler der Paketquelle. Versuchen Sie es später noch einmal.
failure-network-wrong-key = { $network ->
        [none] Das Netzwerk hat den Schlüssel nicht angenommen.
       *[other] { $network } hat den Schlüssel nicht angenommen.
    }
failure-network-wrong-key-todo = Achten Sie auf Großbuchstaben und auf die Tastaturbelegung und tippen Sie ihn noch einmal.
failure-network-lost = { $network ->
        [none] Die Verbindung zum Netzwerk ging verloren.
       *[other] Die Verbindung zu { $network } ging verloren.
    }
failure-network-lost-todo = Gehen Sie näher heran oder sehen Sie nach dem Kabel und versuchen Sie es dann noch einmal.
failure-network-no-address = { $network ->
        [none] Dieser Computer bekam vom Netzwerk keine Adresse.
       *[other] Dieser Computer bekam von { $network } keine Adresse.
    }
failure-network-no-address-todo = Versuchen Sie es noch einmal oder geben Sie die Adresse von Hand ein.
failure-network-unavailable = Es gibt keinen Netzwerkdienst oder kein solches Gerät.
failure-network-unavailable-todo = Es geht auch ohne Netzwerk weiter.
failure-not-confirmed = Niemand hat die Änderung bestätigt.
failure-not-confirmed-todo = Beantworten Sie die Frage, oder sagen Sie vorher --yes.
failure-package-unknown = Es gibt kein Paket { $package }.
failure-package-unknown-todo = Suchen Sie nach einem Teil des Namens; vielleicht bringt es eine Auffrischung.
failure-package-not-installed = { $package } ist nicht installiert.
failure-package-not-installed-todo = „moultctl list“ zeigt, was installiert ist.
failure-repository-unknown = Es gibt keine Paketquelle { $repository }.
failure-repository-unknown-todo = „moultctl repo list“ zeigt, welche es gibt.
failure-repository-untrusted = Der Paketliste von { $repository } ist nicht zu trauen: { $reason }
failure-repository-untrusted-todo = Die bisherige Liste bleibt in Gebrauch. Versuchen Sie es später noch einmal; bleibt es so, fragen Sie, wer die Quelle betreibt.
failure-state-unknown = Es gibt keinen Stand { $state }.
failure-state-unknown-todo = „moultctl state list“ zeigt, welche es gibt.
failure-state-active = Stand { $state } ist das System, das gerade läuft: Er lässt sich nicht entfernen.
failure-state-active-todo = Wechseln Sie zuerst zu einem anderen Stand.
failure-state-pinned = Stand { $state } ist angeheftet und bleibt.
failure-state-pinned-todo = Lösen Sie ihn zuerst.
failure-overtaken = Was rückgängig gemacht werden sollte, wurde seitdem von anderer Stelle geändert.
failure-overtaken-todo = Sehen Sie nach, wie es jetzt ist: Es wurde nichts rückgängig gemacht.
failure-model-invalid = Das Modell ist nicht zu gebrauchen: { $reason }
failure-model-invalid-todo = Berichtigen Sie das Modell und versuchen Sie es noch einmal.
failure-trigger-failed = Was ein Paket ausführen wollte, ist gescheitert ({ $trigger }).
failure-trigger-failed-todo = Was es ausgab, hilft dem, der das Paket pflegt.
failure-read-only = Dort lässt sich nichts schreiben ({ $path }).
failure-read-only-todo = Machen Sie das Dateisystem beschreibbar und versuchen Sie es noch einmal.
failure-root-blocked = Etwas steht dort, wo das System hin muss ({ $path }).
failure-root-blocked-todo = Schaffen Sie es beiseite und versuchen Sie es noch einmal.
failure-too-new = Dieses Moult ist zu alt für { $what }.
failure-too-new-todo = Aktualisieren Sie zuerst Moult.
failure-packages-refused = Das geht nicht: { $reason }
failure-packages-refused-todo = Sehen Sie sich den Grund an, ändern Sie die Anfrage und versuchen Sie es noch einmal.
failure-no-uefi = Dieser Computer wurde nicht von UEFI gestartet, und ein System, das Moult installiert, wird nur von UEFI gestartet.
failure-no-uefi-todo = Öffnen Sie die Einstellungen der Firmware (oft mit F2, F10 oder Entf, gleich nach dem Einschalten), wählen Sie UEFI und schalten Sie „Legacy“ oder „CSM“ aus. Starten Sie dann dieses Medium noch einmal. Ein sehr alter Computer hat vielleicht kein UEFI.
failure-no-boot-menu = Hier gibt es kein Startmenü: { $reason }
failure-no-boot-menu-todo = Ein Computer, der mit UEFI startet und dessen EFI-Systempartition eingehängt ist, hat eines. Ein Container hat keines.
failure-boot-full = Die EFI-Systempartition ist voll: Der neue Kernel braucht { $needed }, und { $free } sind frei. { $states ->
        [none] Es ist kein älterer Zustand mehr da, dessen Kernel weichen könnte.
       *[other] Mit diesen Zuständen gingen auch ihre Kernel: { $states }
    }
failure-boot-full-todo = Entfernen Sie ältere Zustände und versuchen Sie es noch einmal. Auch was sonst auf dieser Partition liegt, darf vielleicht weichen.
failure-not-bootable = Der Datenträger kann nicht gestartet werden: { $reason }
failure-not-bootable-todo = Beginnen Sie von vorn. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-internal = Es ist etwas geschehen, was nicht geschehen sollte.
failure-internal-todo = Beginnen Sie von vorn. Die Einzelheiten unten helfen dem, der nachsieht.
not-known = nicht bekannt

## Programs without a window

moult-about = Moults grafisches Installationsprogramm und Software-Laden
moult-install-about = Ein System auf diesem Computer installieren
moult-trace-help = Schreibt eine JSON-Zeile je Ereignis nach stderr: Seiten, Orte der Bedienelemente, Aufträge
moult-size-help = Öffnet ein Fenster dieser Größe statt des ganzen Bildschirms, zum Beispiel 1280x800
moult-kiosk-help = Es gibt nichts als dieses Fenster auf dem Computer: an seinem Ende startet es den Computer neu
moult-is-root = moult läuft nicht als root: Das Fenster braucht diese Macht nicht. Starten Sie es als gewöhnlicher Benutzer; es fragt selbst um Erlaubnis.
moult-size-wrong = Eine Größe sieht aus wie 1280x800 und ist mindestens 800x600.
moult-no-window = Das Fenster konnte nicht geöffnet werden: { $reason }
ctl-about = Moult ohne Fenster
ctl-inspect-about = Zeigt, was in einer .stone-Datei ist, und ob sie heil ist
ctl-file-help = Die .stone-Datei
ctl-json-help = Schreibt JSON statt Text
ctl-cannot-open = { $file } kann nicht geöffnet werden: { $reason }
ctl-not-a-file = { $file } ist keine Datei.
ctl-refused = { $file } konnte nicht als Stone gelesen werden: { $reason }
ctl-no-backend = moult-backend wurde nicht gefunden ({ $path }).
ctl-backend-failed = moult-backend antwortet nicht: { $reason }
ctl-file = Datei
ctl-kind = Art
ctl-kind-version = { $kind }, Version { $version }
ctl-verified = Geprüft
ctl-verified-yes = jede Prüfsumme stimmt
ctl-verified-no = nicht alles konnte geprüft werden
ctl-payloads = Abschnitte
ctl-payload-head = Art
ctl-compression-head = gepackt
ctl-records-head = Einträge
ctl-stored-head = gespeichert
ctl-plain-head = entpackt
ctl-checksum-head = Prüfsumme
ctl-meta = Angaben
ctl-meta-of = Angaben { $number }
ctl-layout = { $count ->
        [one] Ein Eintrag unter /usr
       *[other] { $shown } Einträge unter /usr
    }
ctl-attributes = Attribute
ctl-exit-codes = Rückgabewert: 0 getan, 1 verweigert oder gescheitert (was da war, ist heil), 2 falsch benutzt.
ctl-heading-usage = Aufruf:
ctl-heading-commands = Befehle
ctl-heading-options = Optionen
ctl-heading-arguments = Angaben
ctl-help-help = Zeigt diese Hilfe
ctl-version-help = Zeigt die Version
ctl-root-help = Arbeitet am System in diesem Ordner statt am laufenden; ändern darf es nur root
ctl-yes-help = Fragt nicht vor einer Änderung (ein Skript muss das sagen)
ctl-package-help = Name eines Pakets
ctl-wanted-help = Ein Paket, was ein Paket gibt, eine seiner Ausgaben oder eine lokale Datei
ctl-dry-run-help = Zeigt die ganze Änderung und macht keine
ctl-orphans-help = Entfernt auch, was niemand gewählt hat und niemand braucht
ctl-install-about = Installiert Pakete
ctl-install-more = Ein Name (bash), was ein Paket gibt („binary(bash)“), eine Ausgabe (bash=12 oder bash=12-1) oder eine Datei, die auf .stone endet.
ctl-reinstall-help = Holt und entpackt noch einmal, was schon da ist
ctl-remove-about = Entfernt Pakete und was ohne sie nicht sein kann
ctl-sync-about = Bringt das System auf den Stand, den die Paketquellen anbieten
ctl-search-about = Sucht Pakete nach Name und Beschreibung
ctl-term-help = Wonach gesucht wird
ctl-limit-help = Zeigt höchstens so viele
ctl-list-about = Zeigt, was installiert ist
ctl-info-about = Zeigt alles über ein Paket
ctl-files-about = Zeigt die Dateien eines Pakets
ctl-why-about = Sagt, warum ein Paket installiert ist
ctl-hold-about = Hält Pakete bei ihrer Ausgabe; ohne Namen: zeigt, was gehalten wird
ctl-unhold-about = Lässt gehaltene Pakete wieder aktualisieren
ctl-mark-about = Sagt, ob Pakete gewählt wurden
ctl-explicit-help = Sie wurden gewählt: Sie bleiben
ctl-automatic-help = Sie sind nur da, weil andere sie brauchen
ctl-repo-about = Paketquellen
ctl-repo-name-help = Name der Paketquelle
ctl-uri-help = Adresse der Paketliste (https:, http: oder file:)
ctl-priority-help = Eine größere Zahl wird vorgezogen
ctl-repo-add-about = Fügt eine Paketquelle hinzu und liest ihre Liste
ctl-repo-list-about = Zeigt die Paketquellen
ctl-repo-refresh-about = Liest die Paketlisten neu
ctl-state-about = Stände des Systems: zurück, vor, vergleichen
ctl-state-help = Nummer eines Stands
ctl-state-list-about = Zeigt die Stände
ctl-state-show-about = Zeigt einen Stand und seine Pakete
ctl-state-diff-about = Zeigt, was sich zwischen zwei Ständen unterscheidet
ctl-state-activate-about = Macht einen Stand zum aktiven
ctl-state-name-about = Gibt einem Stand einen Namen; ein leerer nimmt ihn weg
ctl-state-text-help = Der Name
ctl-state-pin-about = Bewahrt einen Stand vor dem Aufräumen
ctl-state-unpin-about = Lässt einen Stand wieder aufräumen
ctl-state-verify-about = Vergleicht jede Datei mit dem, was sie sein soll
ctl-repair-help = Bringt Beschädigtes in Ordnung
ctl-state-remove-about = Entfernt diese Stände, um Platz zu schaffen; angeheftete und der aktive bleiben
ctl-state-prune-about = Entfernt alte Stände; angeheftete und der aktive bleiben
ctl-keep-help = Behält so viele der neuesten
ctl-detail = Einzelheiten: { $detail }
ctl-root-cannot = { $root } ist nicht als Wurzel zu gebrauchen: { $reason }
ctl-root-only-root = Nur root darf das System in einem anderen Ordner ändern.
ctl-no-pkexec = pkexec ist nicht installiert; ohne es kann nur root das System ändern.
ctl-ask = Tun? [j/N]
ctl-yes-letters = j ja y yes
ctl-not-asked = Nichts wurde geändert: Es ist niemand da, den man fragen könnte. Ein Skript sagt --yes.
ctl-declined = Nichts wurde geändert.
ctl-nothing-to-do = Es ist nichts zu tun.
ctl-cancelling = Wird angehalten…
ctl-goes-on = Es geht ohne dieses Programm weiter. „moultctl state list“ zeigt, wie es ausging.
ctl-done-state = Stand { $state } ist aktiv.
ctl-warning = Hinweis: { $text }
ctl-change-install = Neu
ctl-change-upgrade = Neuer
ctl-change-downgrade = Älter
ctl-change-reinstall = Noch einmal
ctl-change-remove = Entfernt
ctl-change-mark-explicit = Gewählt
ctl-change-mark-automatic = Automatisch
ctl-plan-download = Zu holen
ctl-plan-disk = Mehr auf dem Datenträger
ctl-plan-files = Dateien
ctl-plan-files-counts = { $added } neu, { $changed } geändert, { $removed } entfernt
ctl-plan-look = Zweimal hinsehen
ctl-plan-orphans = Niemand braucht
ctl-plan-kept-back = Bleibt, wie es ist
ctl-plan-held = gehalten
ctl-mark-set-id = läuft mit anderen Rechten
ctl-mark-kernel = Kernel
ctl-mark-boot = Start
ctl-mark-service = Dienst
ctl-search-none = Nichts gefunden.
ctl-list-none = Nichts ist installiert.
ctl-installed = installiert
ctl-explicit = gewählt
ctl-held = gehalten
ctl-not-installed = nicht installiert
ctl-local-file = eine lokale Datei
ctl-info-name = Name
ctl-info-version = Version
ctl-info-summary = Kurz
ctl-info-state = Zustand
ctl-info-repository = Paketquelle
ctl-info-size = Zu holen
ctl-info-licenses = Lizenzen
ctl-info-homepage = Webseite
ctl-info-source = Gebaut aus
ctl-info-needs = Braucht
ctl-info-provides = Gibt
ctl-info-conflicts = Verträgt nicht
ctl-info-offers = Angeboten
ctl-info-checksum = SHA-256
ctl-why-chosen = { $package } wurde gewählt.
ctl-why-nobody = Niemand hat { $package } gewählt, und nichts braucht es.
ctl-why-held = { $package } wird bei seiner Ausgabe gehalten.
ctl-why-needs = { $package } braucht { $needs }
ctl-why-chains = Es ist da für das, was gewählt wurde
ctl-why-direct = Direkt gebraucht von
ctl-holds-none = Nichts wird gehalten.
ctl-hold-done = Gehalten: { $packages }
ctl-unhold-done = Nicht mehr gehalten: { $packages }
ctl-repo-none = Es gibt noch keine Paketquelle. „moultctl repo add NAME URI“ fügt eine hinzu.
ctl-repo-head-name = Name
ctl-repo-head-priority = Vorrang
ctl-repo-head-trust = Vertrauen
ctl-repo-head-uri = Adresse
ctl-repo-unsigned = nicht signiert
ctl-repo-added = { $name } wurde hinzugefügt. Die Quelle ist nicht signiert: Jeder auf dem Weg dorthin könnte die Liste ändern.
ctl-repo-added-signed = { $name } wurde hinzugefügt.
ctl-state-none = Es gibt noch keinen Stand.
ctl-state-head-number = Stand
ctl-state-head-created = gemacht
ctl-state-head-packages = Pakete
ctl-state-head-frees = gibt frei
ctl-state-head-what = was
ctl-state-active = aktiv
ctl-state-pending = unterwegs
ctl-state-pinned = angeheftet
ctl-state-same = Beide Stände haben dieselben Pakete.
ctl-state-activate-ask = Stand { $state } wird der aktive. Der jetzige bleibt, und Sie können zu ihm zurück.
ctl-state-named = Stand { $state } heißt { $name }.
ctl-state-unnamed = Stand { $state } hat keinen Namen.
ctl-state-is-pinned = Stand { $state } bleibt, wenn alte Stände aufgeräumt werden.
ctl-state-is-unpinned = Stand { $state } darf aufgeräumt werden.
ctl-verify-whole = Alles ist, wie es sein soll ({ $files } Dateien).
ctl-verify-repaired = in Ordnung gebracht
ctl-verify-damaged = beschädigt
ctl-verify-todo = „moultctl state verify --repair“ bringt Beschädigtes in Ordnung.
ctl-prune-none = Es gibt keinen Stand zu entfernen.
ctl-prune-ask = Diese Stände verschwinden für immer:
ctl-prune-done = Entfernt: { $states }. { $bytes } sind wieder frei.
ctl-refresh-done = { $packages } Pakete werden angeboten.
ctl-installed-older = installiert, älter
ctl-model-about = Das System als ein Text: seine Paketquellen und gewählten Pakete
ctl-model-export-about = Schreibt das Modell des aktiven Standes oder eines anderen aus
ctl-model-import-about = Macht eine Datei zum Modell des Verwalters und fügt die Paketquellen hinzu, die sie nennt
ctl-model-sync-about = Macht das System zu dem, was das Modell des Verwalters sagt
ctl-model-diff-about = Zeigt, worin sich ein Modell und das System unterscheiden
ctl-model-file-help = Ein Systemmodell in KDL
ctl-model-diff-help = Ein Systemmodell in KDL; ohne es das des Verwalters
ctl-model-too-long = { $file } ist zu lang für ein Modell.
ctl-model-not-text = { $file } ist kein Text.
ctl-model-none = Es gibt kein Modell des Verwalters. „moultctl model import FILE“ legt eines an.
ctl-model-unknown = Das Modell nennt Paketquellen, die es hier nicht gibt: { $repositories }. Ohne --dry-run werden sie hinzugefügt.
ctl-model-would-add = Diese Paketquellen würden hinzugefügt: { $repositories }
ctl-model-no-plan = Was sich ändern würde, ist bekannt, wenn ihre Paketlisten gelesen sind.
ctl-model-added = Für das Modell hinzugefügt: { $repositories }
ctl-model-imported = Das Modell ist gespeichert. „moultctl model sync“ macht das System zu dem, was es sagt.
ctl-model-same = Das Modell und das System stimmen überein.
ctl-model-missing = Fehlt
ctl-model-beyond = Nicht im Modell
ctl-model-repositories = Verschiedene Paketquellen
ctl-boot-about = Wie der Rechner startet, und mit welchem Stand
ctl-boot-status-about = Zeigt Firmware, Startprogramm, Startmenü, und wie dieser Start verlief
ctl-boot-status-more = Das Menü ist auf einer Partition, die nur root lesen kann. Alle anderen sehen, was root zuletzt davon sah.
ctl-boot-sync-about = Schreibt das Startmenü aus den Ständen neu und liest es nach
ctl-boot-set-next-about = Lässt einen Stand beim nächsten Mal starten, oder von nun an
ctl-boot-set-next-more = Nichts, was läuft, ändert sich. Ohne ein Wort dazu, wie lange, gilt die Wahl nur für den nächsten Start.
ctl-boot-once-help = Nur für den nächsten Start
ctl-boot-always-help = Von nun an
ctl-boot-firmware = Firmware
ctl-boot-not-uefi = kein UEFI: Sie startet kein Startmenü von Moult
ctl-boot-secure = Secure Boot
ctl-boot-secure-on = ein
ctl-boot-secure-off = aus
ctl-boot-secure-setup = aus, und offen für neue Schlüssel
ctl-boot-signed = Signiert
ctl-boot-signed-none = nichts von dem, was als Nächstes startet
ctl-boot-signed-kernel = der Kernel dessen, was als Nächstes startet; nicht initrd und Kommandozeile
ctl-boot-signed-whole = Kernel, initrd und Kommandozeile dessen, was als Nächstes startet
ctl-boot-step-key = Secure Boot ist an, und Moult hat keinen Schlüssel zum Signieren: Die Firmware könnte ablehnen, was als Nächstes startet. Legen Sie ein Schlüsselpaar nach /etc/moult/secure-boot (db.key, nur für root lesbar, und db.crt) und rufen Sie „moultctl boot sync“ auf, oder schalten Sie Secure Boot aus.
ctl-boot-step-sync = Was als Nächstes startet, ist nicht mit dem Schlüssel in /etc/moult/secure-boot signiert: Rufen Sie „moultctl boot sync“ auf.
ctl-boot-step-stub = Wer auf die EFI-Systempartition schreiben kann, kann initrd und Kommandozeile noch ändern. Ist das Paket mit systemds Stub (systemd-boot-efi) im System, signiert „moultctl boot sync“ auch sie.
ctl-boot-step-enrol = Noch prüft die Firmware die Signaturen nicht: Machen Sie ihr /etc/moult/secure-boot/db.crt bekannt (in ihren Einstellungen, als Schlüssel von „db“), und schalten Sie dann Secure Boot ein.
ctl-boot-loader = Startprogramm
ctl-boot-partition = EFI-Systempartition
ctl-boot-esp = { $path }, { $free } von { $size } frei
ctl-boot-esp-free = { $path }, { $free } frei
ctl-boot-esp-missing = keine gefunden
ctl-boot-this = Dieser Start
ctl-boot-next = Nächster Start
ctl-boot-state = Stand { $state }
ctl-boot-state-once = Stand { $state }, dieses eine Mal
ctl-boot-chosen = Stand { $state }, im Startmenü gewählt
ctl-boot-came-back = Stand { $state }: Stand { $failed } startete nicht, und der Rechner kam von selbst zurück
ctl-boot-kept = Stand { $state }: Stand { $asked } war verlangt und nicht zu gebrauchen
ctl-boot-reason = { $text } ({ $reason })
ctl-boot-hidden = Was im Menü steht, kann nur root sehen.
ctl-boot-noted = So hat root es seit dem Start zuletzt gesehen.
ctl-boot-no-entry = Im Menü steht kein Eintrag.
ctl-boot-entries = Menü
ctl-boot-good = gestartet und für gut befunden
ctl-boot-bad = startete nicht
ctl-boot-tries = Versuche übrig: { $left }
ctl-boot-untried = noch nicht versucht
ctl-boot-is-next = als Nächstes
ctl-boot-synced = Das Startmenü ist geschrieben, und was nachgelesen wurde, startet.
ctl-boot-next-once = Der nächste Start ist mit Stand { $state }; der danach wie gewohnt.
ctl-boot-next-always = Von nun an startet der Rechner mit Stand { $state }.
ctl-compose-about = Macht ein System allein aus einem Modell und schreibt es anderswohin
ctl-compose-more = Dasselbe Modell und dieselben Pakete ergeben dieselben Bytes. Alles bekommt das Datum SOURCE_DATE_EPOCH oder 1970. Einen Ordner kann nur root schreiben, da seine Dateien ihre Besitzer bekommen.
ctl-compose-to-help = Ein Ordner, der fehlt oder leer ist, ein Archiv, oder der Ordner eines OCI-Abbilds
ctl-compose-to-wrong = { $to } ist kein Ziel für ein System: Das ist ein Ordner, eine Datei, die auf .tar endet, oder oci:ORDNER
ctl-compose-root = compose macht ein System allein aus einem Modell: --root hat dabei nichts zu sagen
ctl-compose-needs-root = Nur root kann einen Ordner schreiben: Seine Dateien bekommen ihre Besitzer. Ein Archiv (DATEI.tar) oder ein Abbild (oci:ORDNER) kann jeder schreiben.
ctl-compose-date = SOURCE_DATE_EPOCH ist { $date }, keine Zahl von Sekunden seit 1970.
ctl-compose-not-empty = { $to } ist nicht leer.
ctl-compose-busy = Ein anderer Vorgang schreibt gerade { $to }. Warte, bis er fertig ist, oder nimm ein anderes Ziel.
ctl-compose-cannot = { $to } kann nicht geschrieben werden: { $reason }
ctl-composed = { $to }: { $packages } Pakete, { $entries } Dateien, Verweise und Ordner, { $bytes }.
ctl-composed-digest = Abbild { $digest }
ctl-repo-head-packages = Pakete
ctl-repo-head-refreshed = zuletzt gelesen
ctl-repo-never = nie
ctl-repo-off = abgeschaltet
ctl-repo-not-yet = noch nicht geprüft
ctl-repo-signed-by = signiert von { $key } bis { $date }
ctl-repo-follows = { $name } folgt { $version }.
ctl-repo-uses = { $name } folgt { $version }; benutzt wird die Liste { $history }.
ctl-repo-failed = { $name } konnte am { $date } nicht gelesen werden: { $reason }
ctl-repo-newer = { $name } hat ein Format ({ $format }), das nur ein neueres Moult liest; die Liste davor bleibt in Gebrauch. „{ $command }“ bringt das neuere.
ctl-repo-broken = { $file } zählt nicht, die Datei ist unbrauchbar: { $reason }
ctl-repo-broken-of = { $file }: { $name } zählt nicht, der Eintrag ist unbrauchbar: { $reason }
ctl-repo-no-key = In { $file } ist kein öffentlicher minisign-Schlüssel.
ctl-repo-enabled = { $name } ist eingeschaltet.
ctl-repo-disabled = { $name } ist abgeschaltet und bietet nichts an.
ctl-repo-offers-nothing = { $name } ist eingetragen und bietet noch nichts an. „{ $again }“ versucht es wieder, „{ $away }“ nimmt die Quelle weg.
ctl-repo-offers-old = { $name } ist eingetragen und bietet weiter an, was sie vorher anbot.
ctl-repo-removed = { $name } ist weg, mit allem, was sie anbot.
ctl-repo-masked = { $name } gehört zum System, in { $file }: Sie ist abgeschaltet. „{ $command }“ schaltet sie wieder ein.
ctl-repo-followed = { $name } folgt jetzt { $version }.
ctl-refresh-updated = { $name }: eine neue Liste (Pakete: { $packages })
ctl-refresh-unchanged = { $name }: nichts Neues (Pakete: { $packages })
ctl-refresh-moved = { $name } (Pakete: { $packages }): Die Liste an dieser Adresse ist veraltet. So geht es dort weiter, wo sie jetzt ist: { $command }
ctl-refresh-newer-nowhere = { $name }: Das Format ({ $format }) liest nur ein neueres Moult, und woher es kommt, steht dort nicht; die Liste davor bleibt in Gebrauch.
ctl-refresh-failed = { $name }: nicht gelesen, die Liste davor bleibt in Gebrauch. { $reason }
ctl-versions-streams = Ströme, die weitergehen
ctl-versions-tags = Marken, die bleiben
ctl-versions-history = Jede veröffentlichte Liste
ctl-versions-followed = wird gefolgt
ctl-versions-in-use = in Gebrauch
ctl-versions-newer = braucht ein neueres Moult ({ $format })
ctl-bridge-offer = { $name } liest nur ein neueres Moult. Das bringt es:
ctl-bridge-which = Kein installiertes Paket bringt dieses Moult. Sagen Sie, welches es enthält: „{ $command }“
ctl-bridge-nothing = Was { $name } als neueres Moult nennt, ist schon installiert, und Neueres ist nicht bekannt.
ctl-bridge-done = Das neuere Moult ist da. „{ $command }“ macht mit ihm weiter.
ctl-bridge-continues = Das neuere Moult ist da und macht weiter.
ctl-bridge-cannot-continue = Das neuere Moult ist da und ließ sich nicht starten: { $reason }. „{ $command }“ macht weiter.
ctl-plan-unsigned = Nicht signiert, also könnte jeder auf dem Weg ändern, was kommt: { $repositories }
ctl-plan-outgrown = { $name } liest nur ein neueres Moult; geplant ist mit der letzten lesbaren Liste.
ctl-index-done = Verzeichnete Pakete: { $packages }, { $bytes }.
ctl-index-unsigned = Die Liste ist nicht signiert.
ctl-index-signed = Signiert von { $key } als Nummer { $sequence }, gültig bis { $date }. Wer sie benutzt, nennt diesen Schlüssel: { $public }
ctl-index-left-out = Weggelassen, weil Neueres oder dasselbe da ist
ctl-password-ask = Passwort des Schlüssels:
ctl-password-none = Der Schlüssel hat ein Passwort, und es ist niemand da, den man fragen könnte. --password-fd sagt, wo es zu lesen ist.
ctl-password-cannot = Das Passwort lässt sich nicht lesen: { $reason }
ctl-check-good = Alles ist da und wie versprochen (Pakete: { $packages }, { $bytes }).
ctl-check-bad = { $faults } von { $packages } Paketen lassen sich nicht installieren
ctl-check-unsigned = Nicht signiert: Es wurde kein Schlüssel genannt, die Liste zu prüfen.
ctl-check-signed = Die Liste ist { $trust }.
ctl-check-twice = Mehrfach da; das neueste zählt
ctl-check-missing = Braucht, was kein Paket der Liste gibt
ctl-repo-add-more = Ohne Schlüssel ist die Liste nicht signiert, und überall steht das dabei. Ist die Liste nicht zu lesen, dann ist die Quelle trotzdem eingetragen, bietet noch nichts an, und das Ende ist 1.
ctl-description-help = Was Menschen darüber lesen
ctl-key-help = Ein öffentlicher minisign-Schlüssel (RW…) oder eine Datei damit; einer davon muss die Liste signiert haben
ctl-mirror-help = Eine andere Adresse mit demselben Inhalt, wenn die erste versagt
ctl-follow-help = Die Adresse ist der Anfang einer versionierten Quelle: stream/X folgen oder bei tag/X oder history/X bleiben
ctl-channel-help = Kanal einer versionierten Quelle (main)
ctl-architecture-help = Architektur einer versionierten Quelle (x86_64)
ctl-repo-remove-about = Nimmt eine Paketquelle weg, mit allem, was sie anbietet
ctl-repo-enable-about = Schaltet eine Paketquelle ein und liest ihre Liste
ctl-repo-disable-about = Schaltet eine Paketquelle ab: Sie bietet nichts an
ctl-repo-versions-about = Zeigt die Versionen einer Paketquelle, welcher gefolgt wird und welche in Gebrauch ist
ctl-repo-follow-about = Folgt einer anderen Version einer Paketquelle oder bleibt bei einer, und liest ihre Liste
ctl-version-name-help = stream/X, tag/X oder history/X
ctl-repo-bridge-about = Bringt das neuere Moult, das eine Paketquelle inzwischen braucht
ctl-repo-bridge-more = Das wird geplant, gezeigt und erlaubt wie eine Installation. Dann macht „moultctl sync“ mit ihm weiter, im laufenden System von selbst.
ctl-bridge-package-help = Das Paket, in dem Moult ist; ohne Angabe das installierte
ctl-repo-index-about = Verzeichnet die Pakete eines Ordners, sodass er eine Paketquelle ist
ctl-repo-index-more = Eine signierte Liste muss neu signiert werden, bevor sie abläuft.
ctl-index-folder-help = Ein Ordner mit .stone-Dateien
ctl-sign-help = Ein geheimer minisign-Schlüssel, der die Liste signiert
ctl-password-fd-help = Deskriptor, von dem das Passwort des Schlüssels gelesen wird; ohne ihn fragt das Terminal
ctl-valid-help = Tage, für die die Liste gilt (90)
ctl-repo-verify-about = Prüft eine Paketquelle, wie es ein Benutzer täte; das Ende ist 1, wenn sich ein Paket nicht installieren ließe

# Der Laden: Rahmen, Leiste am Fuß und die Seite, die vor einer Änderung fragt
store-explore = Entdecken
store-installed = Installiert
store-updates = Aktualisierungen
store-history = Verlauf
store-sources = Quellen
store-queue = Warteschlange
store-search = Programme und Pakete suchen
store-queue-at-work = Warteschlange { $count } · { $percent } %
store-queue-waiting = Warteschlange { $count }
store-left-over = { $count ->
        [one] Eine Änderung war nicht fertig, als der Laden zuletzt offen war. Vielleicht läuft sie noch, oder sie ist jetzt fertig: „Weiter“ sieht nach und tut, was fehlt.
       *[other] { $count } Änderungen waren nicht fertig, als der Laden zuletzt offen war. Vielleicht laufen sie noch, oder sie sind jetzt fertig: „Weiter“ sieht nach und tut, was fehlt.
    }
store-left-over-forget = Vergessen
store-starting = Es wird nachgesehen, was es gibt
store-try-again = Noch einmal versuchen
store-percent = { $percent } %
store-notice-away = Ausblenden
store-undo = Rückgängig
store-undo-overtaken = Das System wurde seitdem von anderer Stelle geändert, darum wurde nichts rückgängig gemacht.
store-undo-overtaken-this = Das wurde seitdem von anderer Stelle geändert, darum wurde nichts rückgängig gemacht.
store-dropped-elsewhere = { $name } ist nicht auf diesem Computer. Laden Sie die Datei erst herunter und ziehen Sie sie dann hierher.
store-dropped-no-package = { $name } ist kein Paket. Der Laden öffnet Dateien, die auf .stone enden.
store-failed-more = Was zu tun ist
store-review-keep = Alles lassen, wie es ist
store-review-planning = Es wird ermittelt, was sich ändern würde
store-review-nothing = Es würde sich nichts ändern.
store-review-cost = { $download } sind zu holen, { $disk } kommen auf dem Datenträger dazu.
store-review-files = Dateien, die kommen: { $added }; die sich ändern: { $changed }; die gehen: { $removed }.
store-review-packages-tab = Pakete ({ $shown })
store-review-files-tab = Dateien ({ $shown })
store-review-marked = { $count ->
        [one] { $shown } Datei verdient einen zweiten Blick: Set-ID, Kernel, Start oder Dienst
       *[other] { $shown } Dateien verdienen einen zweiten Blick: Set-ID, Kernel, Start oder Dienst
    }
store-review-unsigned = Nicht signiert: { $repositories }. Jeder zwischen Ihnen und dort könnte diese Pakete verändert haben.
store-review-go = Diese gehen
store-review-older = Diese werden älter
store-review-come = Diese kommen
store-review-newer = Diese werden neuer
store-review-again = Diese werden noch einmal installiert
store-review-mark = Von diesen wird vermerkt, ob Sie sie gewählt haben
store-review-orphans = { $count ->
        [one] Dieses braucht niemand mehr; es bleibt
       *[other] Diese { $count } braucht niemand mehr; sie bleiben
    }
store-review-more = { $count ->
        [one] und eines mehr
       *[other] und { $count } mehr
    }
store-review-from-to = { $name } { $old } → { $new }
store-review-one = { $name } { $version }
store-about = Programme entdecken, installieren und aktualisieren, und in der Zeit zurückgehen
store-opening-help = Ein appstream:-Verweis, eine .stone-Datei oder nichts
store-kiosk-help = Es gibt keine Arbeitsoberfläche: das Fenster hat ein Menü der Tastaturbelegungen und fragt selbst nach Passwörtern
store-check-help = Einmal nach Aktualisierungen sehen, sie in einer Benachrichtigung melden, falls es welche gibt, und enden
store-opening-wrong = Das ist weder ein appstream:-Verweis noch eine .stone-Datei: { $text }
## The store: kinds, categories, signs

store-loading = Wird nachgesehen …
store-kind-app = Programm
store-kind-console = Terminalprogramm
store-kind-addon = Erweiterung
store-kind-font = Schrift
store-kind-component = Bestandteil
store-kind-system = Systempaket
store-kinds-app = Programme
store-kinds-console = Terminalprogramme
store-kinds-addon = Erweiterungen
store-kinds-font = Schriften
store-kinds-component = Codecs, Treiber, Übersetzungen
store-kinds-system = Systempakete
store-category-audiovideo = Klang und Video
store-category-audio = Klang
store-category-video = Video
store-category-development = Programmieren
store-category-education = Lernen
store-category-game = Spiele
store-category-graphics = Grafik
store-category-network = Internet
store-category-office = Büro
store-category-science = Wissenschaft
store-category-settings = Einstellungen
store-category-system = System
store-category-utility = Werkzeuge
store-sign-held = Festgehalten
store-sign-newer = Aktualisierung
store-sign-installed = Installiert

## The store: Explore

store-explore-day = Programm des Tages
store-explore-categories = Kategorien
store-explore-featured = Einen Blick wert
store-explore-fresh = Neu erschienen
store-explore-everything = Alles zeigen
store-explore-known = { $items } Programme und Pakete zur Auswahl, { $packages } Pakete insgesamt
store-explore-nothing = Noch gibt es nichts zur Auswahl
store-explore-nothing-todo = Es wurde noch keine Paketquelle gelesen. Unter Quellen sehen Sie, welche es gibt, und können sie lesen lassen.

## The store: lists

store-browse-everything = Alles
store-browse-installed = Installiert
store-browse-search = „{ $term }“
store-browse-count = { $count ->
        [one] ein Treffer
       *[other] { $shown } Treffer
    }
store-browse-count-best = die besten { $shown }
store-browse-every-kind = Jede Art
store-browse-every-category = Jede Kategorie
store-browse-every-repository = Jede Quelle
store-browse-menu-hint = Tippen, um zu suchen
store-browse-menu-nothing = Nichts heißt so.
store-browse-installed-only = Nur was installiert ist
store-browse-nothing = Nichts gefunden zu „{ $term }“
store-browse-nothing-here = Hier ist nichts
store-browse-nothing-todo = Ein einzelner Tippfehler macht nichts aus. Versuchen Sie ein anderes Wort dafür, oder wofür es gut ist: „Fotos“, „Musik“.
store-browse-nothing-filtered-todo = Es wird gefiltert: Vielleicht ist es dadurch verborgen.
store-browse-clear = Ohne Filter

## The store: the page of an app

store-item-install = Installieren
store-item-install-look = Installieren …
store-item-update = Aktualisieren
store-item-update-look = Aktualisieren …
store-item-open = Öffnen
store-item-remove = Entfernen …
store-item-planning = Was dazu nötig ist, wird ermittelt …
store-item-nowhere = Keine Quelle bietet es an.
store-item-nowhere-any-more = Keine Quelle bietet es mehr an: Es wird nicht mehr aktualisiert.
store-item-held = Sie halten diese Version fest: Aktualisierungen lassen sie, wie sie ist.
store-item-versions = Von { $old } auf { $new }
store-item-nothing-to-do = Es würde sich nichts ändern.
store-item-download = { $size } sind zu holen
store-item-download-nothing = Nichts zu holen: Es ist schon da
store-item-disk = { $size } mehr auf dem Datenträger
store-item-more = { $count ->
        [one] Ein Paket, das es braucht, kommt mit
       *[other] { $shown } Pakete, die es braucht, kommen mit
    }
store-item-newer = { $count ->
        [one] Ein weiteres Paket wird mit aktualisiert
       *[other] { $shown } weitere Pakete werden mit aktualisiert
    }
store-item-gone = { $count ->
        [one] Ein Paket würde gehen oder älter werden. Sie sehen vorher, welches.
       *[other] { $shown } Pakete würden gehen oder älter werden. Sie sehen vorher, welche.
    }
store-item-unsigned = Nicht signiert ({ $repositories }): Jeder auf dem Weg dorthin könnte ändern, was kommt.
store-item-waiting = Wartet, bis es an der Reihe ist
store-item-starting = Ihre Erlaubnis wird erbeten
store-item-asking = Wartet auf Ihre Antwort
store-item-stopping = Wird beendet …
store-item-shot-of = { $number } von { $count }
store-item-shot-previous = Bild davor
store-item-shot-next = Nächstes Bild
store-item-shot-coming = Das Bild kommt gleich …
store-item-shot-refused = Dieses Bild liegt an einer Adresse, die nicht gefragt wird.
store-item-shot-unreachable = Das Bild ist nicht angekommen.
store-item-shot-no-picture = Was ankam, ist kein Bild, das gezeigt werden kann.
store-item-new = Was neu ist
store-item-releases-before = Frühere Versionen
store-item-release = Version { $version }
store-item-release-security = für Ihre Sicherheit
store-item-release-silent = Die Hersteller sagen nichts dazu.
store-item-addons = Erweiterungen
store-item-facts = Angaben
store-item-kind = Art
store-item-version = Version
store-item-license = Lizenz
store-item-size = Größe auf dem Datenträger
store-item-package-size = Größe des Pakets
store-item-source = Quelle
store-item-package = Paket
store-item-categories = Kategorien
store-item-signed = Signiert
store-item-signed-not-yet = Ein Schlüssel ist genannt; seither wurde nichts gelesen
store-item-signed-not = Nicht signiert
store-link-homepage = Webseite
store-link-bugtracker = Ein Problem melden
store-link-help = Hilfe
store-link-donation = Spenden
store-link-translate = Beim Übersetzen helfen
store-link-contact = Kontakt
store-link-source = Quelltext
store-link-contribute = Mitmachen
store-link-other = Im Web
store-item-more-about = Mehr darüber
store-item-why = Warum es da ist und wer es braucht
store-item-why-chosen = Sie haben es gewählt.
store-item-why-needed = Etwas, das Sie gewählt haben, braucht es:
store-item-why-nobody = Niemand hat es gewählt, und nichts Gewähltes braucht es.
store-item-needed-by-nobody = Kein installiertes Paket braucht es.
store-item-needed-by = { $count ->
        [one] Ein installiertes Paket braucht es:
       *[other] { $shown } installierte Pakete brauchen es:
    }
store-item-needs = Was es braucht
store-item-along-packages = Kommt mit
store-item-needs-nothing = Es braucht nichts weiter.
store-item-and-more = und { $shown } weitere
store-item-files = Seine Dateien
store-item-files-none = Es sind keine Dateien bekannt: Das sind sie, sobald es einmal hier war.
store-item-files-count = { $count ->
        [one] Eine Datei oder ein Ordner
       *[other] { $shown } Dateien und Ordner
    }
store-item-files-first = Die ersten { $shown } Dateien und Ordner
store-item-file-set-id = läuft mit den Rechten des Besitzers
store-item-file-link = Verweis
store-item-file-folder = Ordner
store-launch-missing = { $name } hat keinen Eintrag, mit dem es gestartet wird. Vielleicht braucht es eine neue Anmeldung.
store-launch-terminal = { $name } läuft in einem Terminal: Geben Sie dort den Namen ein.
store-launch-malformed = Was { $name } über den Start sagt, ist nicht zu verstehen. Die Hersteller wollen das wissen.
store-launch-no-program = Das Programm { $program } ist nicht da.
store-launch-system = { $name } ist nicht gestartet: { $reason }
## How long ago something was

ago-now = gerade eben
ago-minutes = { $count ->
        [one] vor einer Minute
       *[other] vor { $count } Minuten
    }
ago-hours = { $count ->
        [one] vor einer Stunde
       *[other] vor { $count } Stunden
    }
ago-days = { $count ->
        [one] vor einem Tag
       *[other] vor { $count } Tagen
    }

## The store: lists of files that come, change and go

store-files-added = kommt dazu
store-files-changed = ändert sich
store-files-removed = fällt weg
store-files-set-id = läuft mit den Rechten seines Eigentümers (set-id)
store-files-kernel = Systemkern (Kernel)
store-files-boot = startet den Computer
store-files-service = startet von selbst (Dienst)
store-files-count-added = { $count ->
        [one] { $shown } Datei kommt dazu
       *[other] { $shown } Dateien kommen dazu
    }
store-files-count-changed = { $count ->
        [one] { $shown } Datei ändert sich
       *[other] { $shown } Dateien ändern sich
    }
store-files-count-removed = { $count ->
        [one] { $shown } Datei fällt weg
       *[other] { $shown } Dateien fallen weg
    }
store-files-only-marked = Nur die, die einen zweiten Blick verdienen ({ $shown })
store-files-reading = Die Dateien werden verglichen…
store-files-more = weitere werden gelesen…
store-files-cut = Die Liste ist zu lang, um ganz gezeigt zu werden; der Rest fehlt hier.
store-files-none = Keine Datei ändert sich.
store-files-none-marked = Keine Datei verdient hier einen zweiten Blick.

## The store: Updates

store-updates-title = Aktualisierungen
store-updates-checked = geprüft { $ago } ({ $moment })
store-updates-checked-partly = nicht alles konnte geprüft werden
store-updates-checked-never = noch nie geprüft
store-updates-check = Jetzt prüfen
store-updates-checking = Wird geprüft…
store-updates-working = Es wird ausgerechnet, was sich ändert…
store-updates-no-source = Keine Quelle ist eingeschaltet, also lässt sich nichts Neueres finden. Schalten Sie unter „Quellen“ eine ein.
store-updates-never = { $name } wurde noch nie gelesen; was es dort gibt, ist nicht bekannt.
store-updates-never-why = { $name } konnte noch nie gelesen werden: { $reason }
store-updates-failed = { $name } konnte am { $failed } nicht gelesen werden: { $reason } Gezeigt wird der Stand vom { $refreshed }.
store-updates-expired = Die Signatur von { $name } galt bis { $expires }. Vielleicht wird Ihnen Neueres vorenthalten: Prüfen Sie noch einmal.
store-updates-outgrown = { $name } braucht inzwischen ein neueres Moult. Aktualisieren Sie zuerst Moult; bis dahin kommt von dort nichts Neueres.
store-updates-broken = { $path } ist nicht brauchbar, was darin steht, wurde also nicht gefragt: { $reason }
store-updates-unsigned = Nicht signiert: { $names }. Jeder auf dem Weg könnte verändert haben, was von dort kommt.
store-updates-notes = { $count ->
        [one] Ein Hinweis
       *[other] { $count } Hinweise
    }
store-updates-notes-close = Hinweise schließen
store-updates-none = Alles ist auf dem neuesten Stand
store-updates-none-lead = Jede Quelle wurde gelesen, und keine hat etwas Neueres.
store-updates-none-kept = Nichts zu aktualisieren, aber einiges bleibt zurück
store-updates-none-kept-lead = Von dem, was unten steht, gibt es Neueres. Bei jedem steht, warum es bleibt.
store-updates-none-known = Keine Aktualisierung bekannt
store-updates-none-known-lead = Zuletzt wurde vor mehr als einem Tag nachgesehen. Prüfen Sie jetzt, um sicher zu sein.
store-updates-not-known = Nicht bekannt, ob es Aktualisierungen gibt
store-updates-not-known-lead = Nicht jede Quelle konnte gelesen werden. In dem, was hier ist, fand sich nichts Neueres.
store-updates-security = Sicherheit
store-updates-system = System
store-updates-apps = Apps
store-updates-group = { $group } { $shown }
store-updates-only-security = Nur Sicherheit
store-updates-chosen-of = { $chosen } von { $all } gewählt
store-updates-more = Kommt mit dem, was Sie gewählt haben
store-updates-kept = Bleibt, wie es ist
store-updates-kept-facts = { $version } gibt es · { $reason }
store-updates-held = von Ihnen festgehalten
store-updates-kept-needs = andere brauchen es so, oder lehnen das neuere ab
store-updates-kept-held = bleibt, weil Sie { $names } festhalten
store-updates-let-go = Loslassen
store-updates-hold = Bei dieser Version festhalten
store-updates-choose = Dies aktualisieren
store-updates-along = kommt mit
store-updates-stays = geht nicht allein
store-updates-goes = fällt weg
store-updates-comes = neu
store-updates-older = auf eine ältere Version
store-updates-row-unsigned = nicht signiert
store-updates-versions = { $old } → { $new }
store-updates-rebuilt = { $version }, neu gebaut ({ $old } → { $new })
store-updates-row-files = { $count ->
        [one] { $shown } Datei ändert sich
       *[other] { $shown } Dateien ändern sich
    }
store-updates-download = { $size } zu laden
store-updates-from = aus { $repository }
store-updates-needs = lädt { $missing }
store-updates-needs-of = lädt { $missing } (von { $whole }; der Rest ist da)
store-updates-needs-nothing = nichts zu laden
store-updates-disk = belegt { $bytes } mehr auf dem Datenträger
store-updates-after-none = nichts muss neu gestartet werden
store-updates-after-programs = offene Programme laufen mit der alten Version weiter, bis sie neu gestartet werden
store-updates-after-session = danach müssen Sie sich neu anmelden
store-updates-after-computer = danach muss der Computer neu starten
store-updates-word-programs = Programme neu starten
store-updates-word-session = neu anmelden
store-updates-word-computer = Neustart
store-updates-nothing-chosen = Nichts ist gewählt.
store-updates-files = { $count ->
        [one] { $shown } Datei ändert sich
       *[other] { $shown } Dateien ändern sich
    }
store-updates-files-unknown = Welche Dateien sich ändern, lässt sich jetzt nicht sagen: { $reason }
store-updates-files-title = Was sich ändert, Datei für Datei
store-updates-update = { $shown } aktualisieren
store-updates-update-none = Aktualisieren
store-updates-queued = In der Warteschlange
store-updates-gone = Hierfür gibt es keine Aktualisierung mehr.
store-updates-open = Seite öffnen
store-updates-news = Was neu ist
store-updates-no-news = Die Hersteller sagen nicht, was neu ist. Welche Dateien sich ändern, steht nebenan.
store-updates-no-notes = Zu dieser Version steht nichts geschrieben.
store-updates-urgency-high = wichtig
store-updates-urgency-critical = schließt eine Sicherheitslücke
store-updates-restart-kernel = Der Computer läuft noch mit dem Systemkern { $kernel }, der nicht mehr zum System gehört. Ein Neustart nimmt den neuen.
store-updates-restart-computer = Starten Sie den Computer neu: Vom System davor läuft noch { $names }.
store-updates-restart-session = Melden Sie sich ab und wieder an: Vom System davor läuft noch { $names }.
store-updates-restart-programs = Schließen und wieder öffnen: Vom System davor läuft noch { $names }.
store-updates-restart-names = { $count ->
        [one] { $names } und { $shown } weiteres Programm
       *[other] { $names } und { $shown } weitere Programme
    }
store-updates-marked = { $count ->
        [one] { $shown } der Dateien verdient einen zweiten Blick: set-id, Systemkern, Start oder Dienst
       *[other] { $shown } der Dateien verdienen einen zweiten Blick: set-id, Systemkern, Start oder Dienst
    }
store-updates-restart-unknown = Was noch vom System davor läuft, ließ sich nicht herausfinden: { $reason }
store-updates-restart-unseen = Programme anderer Personen und des Systems konnten nicht angesehen werden. Ein Neustart des Computers stellt sicher, dass keines davon vom System davor ist.
store-updates-restart-why = Warum
store-updates-restart-title = Was noch vom System davor läuft
store-updates-restart-lead = Eine Aktualisierung ändert nie ein laufendes Programm. Diese laufen weiter wie bisher, bis sie neu gestartet werden.
store-updates-restart-incomplete = Programme anderer Personen und des Systems konnten nicht alle angesehen werden; vielleicht fehlt hier etwas.
store-updates-program-itself = schließen und wieder öffnen
store-updates-program-session = ab- und wieder anmelden
store-updates-program-computer = den Computer neu starten
store-updates-program-pid = Prozess { $pid }
store-updates-program-files = benutzt { $files }, wie es davor war

## The store: History

store-history-title = Verlauf
store-history-made = { $moment }, { $ago }
store-history-working = Die Zustände werden gelesen…
store-history-none = Es gibt noch keinen Verlauf
store-history-none-lead = Jede Änderung am System ergibt einen Zustand, zu dem Sie zurückkehren können. Die erste Änderung ergibt den ersten.
store-history-undo = Rückgängig
store-history-redo = Wiederholen
store-history-room = Platz schaffen
store-history-slide = Gleiten Sie die Linie entlang, um einen Zustand mit jetzt zu vergleichen.
store-history-choose-other = Wählen Sie nun auf der Linie, womit verglichen wird.
store-history-state = Zustand { $number }
store-history-state-named = { $name } (Zustand { $number })
store-history-active = jetzt, und beim nächsten Start
store-history-active-now = jetzt
store-history-next = beim nächsten Start
store-history-next-once = beim nächsten Start, dieses eine Mal
store-history-came-back = Zustand { $failed } startete nicht. Der Rechner ging von selbst zu Zustand { $state } zurück.
store-history-chosen = Sie haben Zustand { $state } im Startmenü gewählt.
store-history-chosen-once = Sie haben Zustand { $state } im Startmenü gewählt, für dieses Mal. Der nächste Start ist wieder mit Zustand { $next }.
store-history-not-used = Zustand { $asked } sollte starten und war nicht zu gebrauchen. Es läuft Zustand { $state }, wie zuvor.
store-history-compare = Vergleichen
store-history-keep-this = Diesen behalten
store-history-go-back = Zurückgehen
store-history-pending = nicht vollständig: wurde unterbrochen
store-history-pinned = wird für immer behalten
store-history-holds = { $count ->
        [one] { $shown } Paket
       *[other] { $shown } Pakete
    }
store-history-gives = gibt { $bytes } frei
store-history-about = Dieser Zustand
store-history-tab = { $name } { $shown }
store-history-packages = Pakete
store-history-files = Dateien
store-history-go = Zu Zustand { $number } gehen
store-history-go-means = Dauert einen Augenblick und lädt nichts. Der Zustand von jetzt bleibt: So kommen Sie auch zurück. Ihre eigenen Dateien bleiben unberührt.
store-history-next-only = Nur nächstes Mal starten
store-history-from-now = Von nun an starten
store-history-start-means = Was läuft, ändert sich nicht: Die Wahl gilt dem Startmenü.
store-history-now = Mit jetzt vergleichen
store-history-other-end = Mit anderem vergleichen
store-history-other-stop = Nicht weiter wählen
store-history-pin = Für immer behalten
store-history-unpin = Nicht mehr für immer behalten
store-history-queued = In der Warteschlange
store-history-name = Name
store-history-name-hint = etwa „vor der großen Aktualisierung“
store-history-save = Speichern
store-history-compared-now = Was der Weg von jetzt zu Zustand { $to } ändert:
store-history-compared = Was sich auf dem Weg von Zustand { $from } zu Zustand { $to } ändert:
store-history-same = Das ist, was Sie jetzt haben.
store-history-comparing = Wird verglichen…
store-history-not-compared = Nicht verglichen.
store-history-no-packages = Die Pakete sind dieselben.
store-history-newer = { $count ->
        [one] { $shown } neuer
       *[other] { $shown } neuer
    }
store-history-older = { $count ->
        [one] { $shown } älter
       *[other] { $shown } älter
    }
store-history-come = { $count ->
        [one] { $shown } kommt dazu
       *[other] { $shown } kommen dazu
    }
store-history-go-away = { $count ->
        [one] { $shown } fällt weg
       *[other] { $shown } fallen weg
    }
store-history-other = { $shown } sonst
store-history-comes = { $version } kommt dazu
store-history-goes = { $version } fällt weg
store-history-upgrade = { $old } → { $new }
store-history-downgrade = { $old } → { $new } (älter)
store-history-again = { $version }, neu angelegt
store-history-marked = ist da, weil es gewählt wurde
store-history-unmarked = ist nur da, solange andere es brauchen
store-history-did-update-all = System aktualisiert
store-history-did-update = { $names } aktualisiert
store-history-did-install = { $names } installiert
store-history-did-reinstall = { $names } noch einmal installiert
store-history-did-remove = { $names } entfernt
store-history-did-mark = { $names } ist da, weil es gewählt wurde
store-history-did-mark-automatic = { $names } ist nur da, solange andere es brauchen
store-history-did-model = Einem Systemmodell gefolgt
store-history-did-bring = Das neuere { $names } geholt
store-history-names-more = { $names } und { $count } weitere
store-history-verify = Jede Datei prüfen
store-history-verifying = Jede Datei wird mit dem verglichen, was sie sein soll…
store-history-whole = { $count ->
        [one] { $shown } Datei wurde angesehen und ist, wie sie sein soll.
       *[other] { $shown } Dateien wurden angesehen und sind, wie sie sein sollen.
    }
store-history-damaged = { $count ->
        [one] { $shown } Datei ist nicht, wie sie sein soll.
       *[other] { $shown } Dateien sind nicht, wie sie sein sollen.
    }
store-history-mended = { $count ->
        [one] { $shown } Datei ist wieder, wie sie sein soll.
       *[other] { $shown } Dateien sind wieder, wie sie sein sollen.
    }
store-history-damage = { $path }: { $problem }
store-history-damage-more = { $count ->
        [one] und { $shown } weitere
       *[other] und { $shown } weitere
    }
store-history-repair = Reparieren
store-history-room-lead = Alte Zustände halten, wohin Sie zurück können. Lassen Sie die los, die Sie nicht brauchen; was andere auch haben, bleibt.
store-history-room-all = Alle, die gehen können ({ $shown })
store-history-stays-active = bleibt: läuft gerade
store-history-stays-pending = bleibt: noch nicht vollständig
store-history-stays-pinned = bleibt: für immer behalten
store-history-none-chosen = Kein Zustand ist gewählt.
store-history-sum = { $count ->
        [one] { $shown } Zustand gibt mindestens { $bytes } frei.
       *[other] { $shown } Zustände geben mindestens { $bytes } frei.
    }
store-history-remove = { $count ->
        [one] { $shown } Zustand entfernen
       *[other] { $shown } Zustände entfernen
    }
store-history-remove-ask = { $count ->
        [one] { $shown } Zustand verschwindet endgültig. Zurück können Sie dann nicht mehr.
       *[other] { $shown } Zustände verschwinden endgültig. Zurück können Sie dann nicht mehr.
    }
store-history-keep = Behalten
# Der Laden: jemand muss zustimmen
store-authenticate-title = Bestätigen Sie, wer Sie sind
store-authenticate-what = Was geschehen wird
store-authenticate-other = Das will ein anderes Programm, nicht der Laden.
store-authenticate-who = Wer bestätigt
store-authenticate-person = { $name } ({ $user }) bestätigt.
store-authenticate-user = { $user } bestätigt.
store-authenticate-password = Passwort
store-authenticate-empty = Das Passwort fehlt noch.
store-authenticate-too-long = Das ist länger, als ein Passwort sein kann.
store-authenticate-caps = Die Feststelltaste ist an.
store-authenticate-refused =
    { $left ->
        [one] Das war nicht das richtige Passwort. Ein Versuch bleibt.
       *[other] Das war nicht das richtige Passwort. { $left } Versuche bleiben.
    }
store-authenticate-broken = Das Passwort konnte nicht geprüft werden: { $reason }. Nichts wurde geändert.
store-authenticate-checking = Wird geprüft …
store-authenticate-continue = Weiter
store-authenticate-again = Noch einmal
store-authenticate-cancel = Abbrechen
store-authenticate-plan = Pakete
store-authenticate-action = Aktion
store-authenticate-command = Befehl
store-authenticate-process = Prozess

# Der Laden: nach Aktualisierungen sehen, ohne Fenster
store-check-title =
    { $count ->
        [one] Eine Aktualisierung
       *[other] { $count } Aktualisierungen
    }
store-check-title-security =
    { $count ->
        [one] Eine Aktualisierung für die Sicherheit
       *[other] { $count } Aktualisierungen, { $security } davon für die Sicherheit
    }
store-check-body = { $size } herunterzuladen. Paketlisten vom { $date }.
store-check-told = Gemeldete Aktualisierungen: { $count }
store-check-nobody = Nichts gemeldet: Diese Sitzung zeigt keine Benachrichtigungen.
store-check-battery = Jetzt nicht: Der Akku ist fast leer.
store-check-metered = Jetzt nicht: Dieses Netz kostet womöglich Geld.
store-check-offline = Jetzt nicht: Das Internet ist nicht zu erreichen.
store-check-busy = Jetzt nicht: Das Netz wird gerade gebraucht.
store-check-not-refreshed = Nichts gemeldet: Noch keine Paketliste wurde gelesen, also ist nichts bekannt.
store-check-none = In den Paketlisten stehen keine Aktualisierungen.
store-check-said-before = Nichts gemeldet: Diese Aktualisierungen wurden schon gemeldet.
store-check-failed = Die Suche nach Aktualisierungen konnte nicht beginnen: { $reason }
store-asked-plan =
    { $wish }: { $count ->
        [one] ein Paket
       *[other] { $shown } Pakete
    }, { $download } herunterzuladen
store-asked-and-more = { $first }, und danach { $count ->
        [one] noch eine Sache
       *[other] noch { $count } Sachen
    }
## The store: operations in words (a wish, while it is done, afterwards)

store-said-two = { $first } und { $second }
store-said-more = { $count ->
        [one] { $names } und ein weiteres
       *[other] { $names } und { $shown } weitere
    }
store-said-install-wish = { $count ->
        [one] { $names } installieren
       *[other] { $names } installieren
    }
store-said-install-now = { $count ->
        [one] { $names } wird installiert
       *[other] { $names } werden installiert
    }
store-said-install-done = { $count ->
        [one] { $names } wurde installiert
       *[other] { $names } wurden installiert
    }
store-said-install-some-wish = Pakete installieren
store-said-install-some-now = Pakete werden installiert
store-said-install-some-done = Pakete wurden installiert
store-said-reinstall-wish = { $count ->
        [one] { $names } noch einmal installieren
       *[other] { $names } noch einmal installieren
    }
store-said-reinstall-now = { $count ->
        [one] { $names } wird noch einmal installiert
       *[other] { $names } werden noch einmal installiert
    }
store-said-reinstall-done = { $count ->
        [one] { $names } wurde noch einmal installiert
       *[other] { $names } wurden noch einmal installiert
    }
store-said-remove-wish = { $count ->
        [one] { $names } entfernen
       *[other] { $names } entfernen
    }
store-said-remove-now = { $count ->
        [one] { $names } wird entfernt
       *[other] { $names } werden entfernt
    }
store-said-remove-done = { $count ->
        [one] { $names } wurde entfernt
       *[other] { $names } wurden entfernt
    }
store-said-orphans-wish = Entfernen, was niemand braucht
store-said-orphans-now = Was niemand braucht, wird entfernt
store-said-orphans-done = Was niemand braucht, wurde entfernt
store-said-sync-wish = Alles aktualisieren
store-said-sync-now = Alles wird aktualisiert
store-said-sync-done = Alles wurde aktualisiert
store-said-sync-part-now = { $count ->
        [one] { $shown } Paket wird aktualisiert
       *[other] { $shown } Pakete werden aktualisiert
    }
store-said-sync-part-done = { $count ->
        [one] { $shown } Paket wurde aktualisiert
       *[other] { $shown } Pakete wurden aktualisiert
    }, { $why ->
        [held] { $kept } festgehalten
       *[other] { $stay ->
            [one] { $kept } bleibt, wie es ist
           *[other] { $kept } bleiben, wie sie sind
        }
    }
store-said-update-wish = { $count ->
        [one] { $names } aktualisieren
       *[other] { $names } aktualisieren
    }
store-said-update-now = { $count ->
        [one] { $names } wird aktualisiert
       *[other] { $names } werden aktualisiert
    }
store-said-update-done = { $count ->
        [one] { $names } wurde aktualisiert
       *[other] { $names } wurden aktualisiert
    }
store-said-explicit-wish = { $count ->
        [one] { $names } als gewählt merken
       *[other] { $names } als gewählt merken
    }
store-said-explicit-now = { $count ->
        [one] { $names } wird als gewählt gemerkt
       *[other] { $names } werden als gewählt gemerkt
    }
store-said-explicit-done = { $count ->
        [one] { $names } gilt als gewählt
       *[other] { $names } gelten als gewählt
    }
store-said-automatic-wish = { $count ->
        [one] { $names } nur behalten, solange es gebraucht wird
       *[other] { $names } nur behalten, solange sie gebraucht werden
    }
store-said-automatic-now = { $count ->
        [one] { $names } soll nur bleiben, solange es gebraucht wird: wird gemerkt
       *[other] { $names } sollen nur bleiben, solange sie gebraucht werden: wird gemerkt
    }
store-said-automatic-done = { $count ->
        [one] { $names } bleibt nur, solange es gebraucht wird
       *[other] { $names } bleiben nur, solange sie gebraucht werden
    }
store-said-local-wish = { $name } aus einer Datei installieren
store-said-local-now = { $name } wird aus einer Datei installiert
store-said-local-done = { $name } wurde aus einer Datei installiert
store-said-activate-wish = Zu Stand { $state } gehen
store-said-activate-now = Es geht zu Stand { $state }
store-said-activate-done = Jetzt ist Stand { $state } aktiv
store-said-back-wish = Zu Stand { $state } zurückgehen
store-said-back-now = Es geht zurück zu Stand { $state }
store-said-back-done = Stand { $state } ist wieder aktiv
store-said-states-wish = { $count ->
        [one] Stand { $state } entfernen
       *[other] { $shown } Stände entfernen
    }
store-said-states-now = { $count ->
        [one] Stand { $state } wird entfernt
       *[other] { $shown } Stände werden entfernt
    }
store-said-states-done = { $count ->
        [one] Stand { $state } wurde entfernt
       *[other] { $shown } Stände wurden entfernt
    }
store-said-verify-wish = Die Dateien des Systems prüfen
store-said-verify-now = Die Dateien des Systems werden geprüft
store-said-verify-done = Die Dateien des Systems wurden geprüft
store-said-repair-wish = Die Dateien des Systems prüfen und in Ordnung bringen
store-said-repair-now = Die Dateien des Systems werden geprüft und in Ordnung gebracht
store-said-repair-done = Die Dateien des Systems wurden geprüft und in Ordnung gebracht
store-said-refresh-all-wish = Alle Paketlisten neu lesen
store-said-refresh-all-now = Alle Paketlisten werden gelesen
store-said-refresh-all-done = Alle Paketlisten wurden gelesen
store-said-refresh-wish = Die Paketliste von { $name } neu lesen
store-said-refresh-now = Die Paketliste von { $name } wird gelesen
store-said-refresh-done = Die Paketliste von { $name } wurde gelesen
store-said-add-wish = Die Quelle { $name } speichern
store-said-add-now = Die Quelle { $name } wird gespeichert
store-said-add-done = Die Quelle { $name } wurde gespeichert
store-said-away-wish = Die Quelle { $name } entfernen
store-said-away-now = Die Quelle { $name } wird entfernt
store-said-away-done = Die Quelle { $name } wurde entfernt
store-said-return-wish = Die Quelle { $name } zurückholen
store-said-return-now = Die Quelle { $name } wird zurückgeholt
store-said-return-done = Die Quelle { $name } ist wieder da
store-said-on-wish = Die Quelle { $name } einschalten
store-said-on-now = Die Quelle { $name } wird eingeschaltet
store-said-on-done = Die Quelle { $name } wurde eingeschaltet
store-said-off-wish = Die Quelle { $name } abschalten
store-said-off-now = Die Quelle { $name } wird abgeschaltet
store-said-off-done = Die Quelle { $name } wurde abgeschaltet
store-said-bridge-wish = Das neuere Moult holen, das { $name } verlangt
store-said-bridge-now = Das neuere Moult, das { $name } verlangt, wird geholt
store-said-bridge-done = Das neuere Moult, das { $name } verlangt hat, ist da
store-said-follow-wish = Bei { $name } dem Strom { $stream } folgen
store-said-follow-now = { $name } wird auf den Strom { $stream } umgestellt
store-said-follow-done = { $name } folgt dem Strom { $stream }
store-said-stay-wish = Bei { $name } auf { $point } bleiben
store-said-stay-now = { $name } wird auf { $point } gestellt
store-said-stay-done = { $name } bleibt auf { $point }
store-said-unfollow-wish = Bei { $name } zurück zu { $point }
store-said-unfollow-now = { $name } wird zurück auf { $point } gestellt
store-said-unfollow-done = { $name } steht wieder auf { $point }
store-said-hold-wish = { $count ->
        [one] { $names } bei seiner Ausgabe halten
       *[other] { $names } bei ihren Ausgaben halten
    }
store-said-hold-now = { $count ->
        [one] Dass { $names } bleiben soll, wie es ist, wird gemerkt
       *[other] Dass { $names } bleiben sollen, wie sie sind, wird gemerkt
    }
store-said-hold-done = { $count ->
        [one] { $names } wird bei seiner Ausgabe gehalten
       *[other] { $names } werden bei ihren Ausgaben gehalten
    }
store-said-unhold-wish = { $count ->
        [one] { $names } wieder aktualisieren lassen
       *[other] { $names } wieder aktualisieren lassen
    }
store-said-unhold-now = { $count ->
        [one] { $names } wird losgelassen
       *[other] { $names } werden losgelassen
    }
store-said-unhold-done = { $count ->
        [one] { $names } wird nicht mehr gehalten
       *[other] { $names } werden nicht mehr gehalten
    }
store-said-name-wish = Stand { $state } „{ $name }“ nennen
store-said-name-now = Stand { $state } wird „{ $name }“ genannt
store-said-name-done = Stand { $state } heißt „{ $name }“
store-said-unname-wish = Stand { $state } den Namen nehmen
store-said-unname-now = Stand { $state } verliert seinen Namen
store-said-unname-done = Stand { $state } hat keinen Namen
store-said-once-wish = Zustand { $state } nächstes Mal starten
store-said-once-now = Zustand { $state } wird nächstes Mal gestartet
store-said-once-done = Zustand { $state } startet nächstes Mal, und nur dann
store-said-usual-wish = Nächstes Mal wie gewohnt starten
store-said-usual-now = Der nächste Start wird wieder der gewohnte
store-said-usual-done = Der nächste Start ist wieder der gewohnte
store-said-again-wish = Zustand { $state } wieder nächstes Mal starten
store-said-again-now = Zustand { $state } wird wieder nächstes Mal gestartet
store-said-again-done = Zustand { $state } startet wieder nächstes Mal, und nur dann
store-said-start-wish = Zustand { $state } von nun an starten
store-said-start-now = Zustand { $state } wird von nun an gestartet
store-said-start-done = Zustand { $state } startet von nun an
store-said-pin-wish = Stand { $state } für immer behalten
store-said-pin-now = Stand { $state } wird angeheftet
store-said-pin-done = Stand { $state } bleibt für immer
store-said-unpin-wish = Stand { $state } nicht mehr für immer behalten
store-said-unpin-now = Stand { $state } wird gelöst
store-said-unpin-done = Stand { $state } darf wieder entfernt werden

## The store: installed

store-installed-title = Installiert
store-installed-loading = Es wird nachgesehen, was installiert ist …
store-installed-failed = Was installiert ist, konnte nicht gelesen werden.
store-installed-apps = Apps · { $shown }
store-installed-packages = System · { $shown }
store-installed-filter = Nur zeigen
store-installed-filter-hint = Ein Teil des Namens
store-installed-shown = { $shown } von { $total }
store-installed-none-apps = Keine App, die ein Katalog beschreibt, ist installiert.
store-installed-none-packages = Sonst ist nichts installiert.
store-installed-none-found = Nichts hier hat das im Namen oder in der Beschreibung.
store-installed-sort = Geordnet nach
store-installed-sort-name = Name
store-installed-sort-size = Größe
store-installed-sort-came = Neueste
store-installed-sort-chosen = Gewählte zuerst
store-installed-sizing = Größen werden gelesen: { $done } von { $total }
store-installed-came-unknown = Die aufbewahrten Stände verraten nicht, wann etwas kam.
store-installed-held = gehalten
store-installed-chosen = gewählt
store-installed-needed = wird gebraucht
store-installed-facts = Version { $version } von { $repository }
store-installed-facts-local = Version { $version }, aus keiner Quelle
store-installed-size = { $size } auf dem Datenträger
store-installed-came = kam am { $date }
store-installed-why-asking = Es wird nachgesehen, warum es da ist …
store-installed-why-chosen = Es wurde gewählt.
store-installed-why-for = Es ist da für { $names }.
store-installed-why-direct = Direkt gebraucht von { $names }.
store-installed-why-nobody = Niemand hat es gewählt, und nichts braucht es.
store-installed-why-held = Es wird gehalten: Aktualisierungen lassen es, wie es ist.
store-installed-leaves-asking = Es wird ausgerechnet, was mit ihm ginge …
store-installed-leaves-alone = Sonst ginge nichts mit ihm.
store-installed-leaves = { $count ->
        [one] { $names } ginge mit, weil es nicht ohne sein kann.
       *[other] { $shown } Pakete gingen mit, weil sie nicht ohne sein können: { $names }.
    }
store-installed-leaves-failed = Es kann nicht entfernt werden: { $reason }
store-installed-left = { $count ->
        [one] Danach bräuchte niemand mehr { $names }.
       *[other] Danach bräuchte niemand mehr { $names }.
    }
store-installed-waits = { $what }: wartet in der Warteschlange
store-installed-open = Seite öffnen
store-installed-hold = Bei dieser Ausgabe halten
store-installed-unhold = Wieder aktualisieren lassen
store-installed-remove = Entfernen …
store-installed-orphans = { $count ->
        [one] { $names } ist da, obwohl es niemand gewählt hat und niemand braucht.
       *[other] { $shown } Pakete sind da, die niemand gewählt hat und niemand braucht: { $names }.
    }
store-installed-orphans-bytes = { $count ->
        [one] Es belegt { $size }. Der Platz ist frei, wenn kein aufbewahrter Stand es mehr enthält.
       *[other] Sie belegen { $size }. Der Platz ist frei, wenn kein aufbewahrter Stand sie mehr enthält.
    }
store-installed-orphans-failed = Ob etwas da ist, das niemand braucht, ließ sich nicht ausrechnen: { $reason }
store-installed-orphans-remove = Entfernen, was niemand braucht …

## The store: queue

store-queue-title = Warteschlange
store-queue-empty = Nichts ist in Arbeit, und nichts wartet.
store-queue-empty-more = Was Sie installieren, aktualisieren oder entfernen, geschieht hier, eines nach dem anderen.
store-queue-pause = Anhalten
store-queue-continue = Weitermachen
store-queue-paused = Die Warteschlange ist angehalten: Nichts Neues wird begonnen.
store-queue-ended = Beendet
store-queue-next = Kommt als Nächstes. Noch ist nichts geändert.
store-queue-next-kept = Kommt als Nächstes. { $size } davon sind schon heruntergeladen und bleiben da. Noch ist nichts geändert.
store-queue-waits = Wartet auf das, was davor kommt. Noch ist nichts geändert.
store-queue-starting = Es wird um Erlaubnis gefragt und noch einmal geplant …
store-queue-asking = Es würde etwas ändern, das Sie nicht gesehen haben. Sehen Sie es sich an, bevor es weitergeht.
store-queue-look = Ansehen
store-queue-percent = { $percent } %
store-queue-check = Das System wird noch einmal angesehen: Ist es so, wie geplant wurde?
store-queue-stopping-again = Wird angehalten; dann wartet es, bis die Warteschlange weitermacht …
store-queue-waits-for = { $reason } Es wird von selbst noch einmal versucht.
store-queue-cancelled = Sie haben es angehalten. Nichts wurde verändert.
store-queue-failed = Nicht geschehen: { $what }
store-queue-dismiss = Von der Liste nehmen
store-queue-done-state = Stand { $state } ist der aktive.
store-queue-done-whole = { $files } Dateien wurden verglichen, und alle sind, wie sie sein sollen.
store-queue-done-freed = { $size } sind wieder frei.
store-queue-done-repaired = { $path } war beschädigt und ist wieder, wie es sein soll ({ $problem }).
store-queue-done-damaged = { $path } ist beschädigt ({ $problem }).
store-queue-done-damage-more = { $count ->
        [one] Eine weitere Datei war nicht, wie sie sein soll.
       *[other] { $shown } weitere Dateien waren nicht, wie sie sein sollen.
    }
store-queue-done-note = Hinweis: { $text }
store-queue-read-updated = { $count ->
        [one] { $name } hat eine neue Liste mit einem Paket.
       *[other] { $name } hat eine neue Liste mit { $packages } Paketen.
    }
store-queue-read-unchanged = { $count ->
        [one] { $name } hat nichts Neues und bietet ein Paket an.
       *[other] { $name } hat nichts Neues und bietet { $packages } Pakete an.
    }
store-queue-read-moved = { $name } veröffentlicht die Liste inzwischen an einem anderen Ort; was hier gelesen wird, bleibt, wie es ist.
store-queue-read-newer = { $name } hat ein Format ({ $format }), das nur ein neueres Moult liest. Die Liste davor bleibt in Gebrauch.
store-queue-read-failed = { $name } konnte nicht gelesen werden. Die Liste davor bleibt in Gebrauch. { $reason }

## The store: sources

store-sources-title = Quellen
store-sources-lead = { $count ->
        [one] Ein Paket wird angeboten.
       *[other] { $shown } Pakete werden angeboten.
    }
store-sources-loading = Die Quellen werden angesehen …
store-sources-failed = Die Quellen konnten nicht gelesen werden.
store-sources-none = Es gibt noch keine Quelle, also kann nichts installiert werden. Fügen Sie eine mit ihrer Adresse hinzu.
store-sources-refresh-all = Alle Listen neu lesen
store-sources-add = Quelle hinzufügen …
store-sources-broken = { $path } zählt nicht, weil die Datei nicht zu lesen ist: { $reason }
store-sources-broken-at = { $path } zählt nicht, weil die Datei nicht zu lesen ist (Zeile { $line }, Spalte { $column }): { $reason }
store-sources-broken-one = Die Quelle { $name } in { $path } zählt nicht, weil sie unbrauchbar ist: { $reason }
store-sources-broken-one-at = Die Quelle { $name } in { $path } zählt nicht, weil sie unbrauchbar ist (Zeile { $line }, Spalte { $column }): { $reason }
store-sources-on = An
store-sources-off = Aus
store-sources-signed = Signiert mit Schlüssel { $key }, gültig bis { $date }
store-sources-expired = Signiert mit Schlüssel { $key }, aber nur bis { $date } gültig: Eine neuere Liste wurde seitdem nicht gelesen
store-sources-not-yet = Ein Schlüssel ist angegeben, und seitdem wurde keine Liste gelesen
store-sources-unsigned = Nicht signiert
store-sources-unsigned-means = Nicht signiert: Jeder zwischen diesem Computer und der Quelle könnte ändern, was von dort kommt, und niemand würde es merken. Ein öffentlicher Schlüssel des Betreibers schützt Sie.
store-sources-packages = { $count ->
        [one] Ein Paket
       *[other] { $shown } Pakete
    }
store-sources-nothing = Bietet nichts an, solange sie aus ist
store-sources-never = nie gelesen
store-sources-refreshed = gelesen am { $date }
store-sources-follows = folgt { $stream }
store-sources-follows-list = folgt { $stream }, Liste { $list } ist in Gebrauch
store-sources-stays = bleibt auf { $point }
store-sources-newer = Sie hat inzwischen ein Format ({ $format }), das nur ein neueres Moult liest. Die Liste davor bleibt in Gebrauch.
store-sources-bridge = Das neuere Moult ansehen
store-sources-bridge-means = Was es ändert, wird vorher gezeigt. Ist es installiert, öffnen Sie den Store neu und lesen die Liste dieser Quelle noch einmal.
store-sources-bridge-none = Kein installiertes Paket enthält dieses Programm, also kann keines an seine Stelle treten: Installieren Sie ein neueres Moult so, wie dieses hier dazukam.
store-sources-failed-first = Sie konnte am { $date } nicht gelesen werden und bietet deshalb nichts an: { $reason }
store-sources-failed-again = Sie konnte am { $date } nicht gelesen werden; die Liste davor bleibt in Gebrauch: { $reason }
store-sources-waits = { $what }: wartet in der Warteschlange
store-sources-address = Adresse
store-sources-mirror = Spiegel
store-sources-priority = Vorrang
store-sources-file = Eingetragen in
store-sources-refresh = Liste neu lesen
store-sources-change = Ändern …
store-sources-remove = Entfernen …
store-sources-remove-means = { $name } geht, mit allem, was dort angeboten wird. Was daraus installiert ist, bleibt und bekommt keine Aktualisierungen mehr.
store-sources-remove-vendor = { $name } gehört zum System ({ $file }): Die Quelle wird nur abgeschaltet und kann wieder eingeschaltet werden. Was daraus installiert ist, bleibt.
store-sources-remove-now = Entfernen
store-sources-keep = Behalten
store-sources-versions = Andere Versionen …
store-sources-versions-on = Weitergehen oder zu einer anderen Version …
store-sources-versions-asks = Fragt die Quelle über das Netzwerk.
store-sources-versions-asking = Die Quelle wird nach ihren Versionen gefragt …
store-sources-versions-failed = Die Versionen konnten nicht gelesen werden. { $reason }
store-sources-streams = Ströme gehen mit jeder neuen Liste weiter
store-sources-tags = Marken bleiben, wie sie sind
store-sources-history = Jede veröffentlichte Liste, die neueste zuerst
store-sources-history-more = { $count ->
        [one] Eine ältere Liste zeigen
       *[other] { $shown } ältere Listen zeigen
    }
store-sources-followed = Dem folgen Sie
store-sources-stayed = Darauf bleiben Sie
store-sources-follow = Weitergehen mit { $stream }
store-sources-stay = Auf { $point } bleiben
store-sources-list = jetzt bei Liste { $list }
store-sources-tag = Marke { $tag }
store-sources-in-use = in Gebrauch
store-sources-unsupported = hat ein Format ({ $format }), das nur ein neueres Moult liest
store-sources-add-title = Eine Quelle hinzufügen
store-sources-change-title = { $name } ändern
store-sources-name = Name
store-sources-name-hint = Buchstaben, Ziffern, - _ und .
store-sources-name-empty = Die Quelle braucht einen Namen.
store-sources-name-wrong = Der Name darf Buchstaben von a bis z, Ziffern, - _ und . haben (höchstens 128).
store-sources-name-taken = Eine Quelle dieses Namens gibt es schon. Öffnen Sie sie, um sie zu ändern.
store-sources-priority-hint = Die größere zählt
store-sources-priority-wrong = Eine ganze Zahl ab 0.
store-sources-uri-hint = https://example.org/stone.index, oder der Anfang einer Quelle mit Versionen
store-sources-uri-hint-again = Gehört ein Passwort hinein, tippen Sie es noch einmal: Es wird hier nicht gezeigt.
store-sources-uri-empty = Die Quelle braucht eine Adresse.
store-sources-uri-wrong = Eine Adresse beginnt mit https://, http:// oder file:///.
store-sources-description = Beschreibung (darf leer bleiben)
store-sources-keys = Öffentliche Schlüssel (darf leer bleiben)
store-sources-keys-hint = Minisign-Schlüssel (RW…), durch Leerzeichen getrennt. Einer davon muss die Liste signiert haben.
store-sources-key-wrong = Jeder Schlüssel hat 56 Zeichen und beginnt mit RW.
store-sources-keys-gone = Ihre Liste wird jetzt mit einem Schlüssel geprüft. Ohne einen wäre das nicht mehr so: Wer das will, entfernt die Quelle und fügt sie neu hinzu.
store-sources-mirrors = Andere Adressen mit demselben Inhalt (darf leer bleiben)
store-sources-mirrors-hint = Durch Leerzeichen getrennt; benutzt, wenn die erste versagt.
store-sources-mirror-wrong = Jede ist eine Adresse im Netzwerk, und https://, wenn es die erste ist.
store-sources-more = Eine Quelle mit Versionen
store-sources-version = Wem gefolgt wird (leer: Die Adresse ist die einer einzelnen Liste)
store-sources-version-hint = stream/unstable geht weiter; tag/… und history/… bleiben
store-sources-version-wrong = Es sieht aus wie stream/unstable, tag/… oder history/…
store-sources-usual = Leer: das Übliche
store-sources-channel = Kanal
store-sources-architecture = Architektur
store-sources-word-wrong = Buchstaben von a bis z, Ziffern, - _ und .; nur bei einer Quelle mit Versionen.
store-sources-write-add = Hinzufügen und Liste lesen
store-sources-write-change = Speichern und Liste lesen
store-sources-write-means = Dafür wird nach dem Passwort eines Verwalters gefragt. Installiert wird dadurch nichts.
store-updates-help = Die Aktualisierungen öffnen
store-reader-gone = Der Teil, der Programme und Pakete zeigt, ist stehen geblieben. Ihr System ist, wie es war; er hat nichts daran geändert.
store-review-local = Eine Datei, die Sie mitbringen und die niemand signiert hat: { $file }. Installieren Sie sie nur, wenn Sie ihrer Herkunft trauen.
