//! The texts of the test in German.

use super::StudyTexts;

pub const GERMAN: StudyTexts = StudyTexts {
    opening: "Die Studie wird geöffnet",
    lead: |seconds| {
        format!(
            "Drei Bilder erscheinen {} Sekunden lang nebeneinander. Eines zeigt etwas Ganzes. Die beiden anderen \
             bestehen aus denselben Teilen, falsch zusammengesetzt. Sagen Sie, welches ganz ist.",
            comma(seconds)
        )
    },
    keys_before: "Drücken Sie ",
    keys_after: ", oder klicken oder tippen Sie auf die Stelle, an der es war.",
    how_soon: |seconds| {
        format!(
            "Antworten Sie, sobald Sie es wissen; nach {} Sekunden ist es zu spät. Wenn Sie unsicher sind, raten Sie.",
            comma(seconds)
        )
    },
    how_long: |trials, minutes| match minutes {
        0 | 1 => format!("{trials} Durchgänge, etwa eine Minute, mit Übung am Anfang und Pausen dazwischen."),
        minutes => {
            format!("{trials} Durchgänge, etwa {minutes} Minuten, mit Übung am Anfang und Pausen dazwischen.")
        }
    },
    no_feedback: "Ob eine Antwort richtig war, erfahren Sie erst am Ende.",
    kept_by_server: "Ihre Antworten werden unter einem erfundenen Namen gespeichert. Sie können in jeder Pause und \
                     am Ende zurücktreten; Ihre Antworten werden dann gelöscht.",
    kept_in_browser: "Diese Fassung der Seite hat keinen Server: Ihre Antworten bleiben in diesem Browser, und Sie \
                      können sie als Datei speichern.",
    fill_screen: "Ganzer Bildschirm (empfohlen: nichts anderes lenkt ab)",
    start: "Beginnen",
    resume_title: "Sie haben diesen Test begonnen",
    resume_text: "Ihre bisherigen Antworten sind in diesem Browser gespeichert. Sie können dort weitermachen, wo Sie \
                  aufgehört haben.",
    resume: "Weitermachen",
    start_anew: "Von vorn beginnen",
    one_moment: "Einen Moment",
    opening_session: "Ihre Sitzung wird geöffnet",
    loading_pictures: |ready, count| format!("Bilder werden geladen: {ready} von {count}"),
    measuring_display: "Der Bildschirm wird gemessen",
    no_refresh_rate: "Die Bildwiederholrate ließ sich nicht messen. Holen Sie dieses Fenster nach vorn, schließen Sie \
                      aufwendige Programme und beginnen Sie noch einmal.",
    picture_failed: "Bilder ließen sich mehrmals nacheinander nicht darstellen. Schließen Sie andere Tabs und \
                     Programme und laden Sie die Seite neu.",
    cannot_resume: "Die Sitzung in diesem Browser passt nicht mehr zur Studie. Laden Sie die Seite neu und beginnen \
                    Sie von vorn.",
    closing: "Ihre Antworten werden gespeichert",
    prompt_whole: "Welches ist ganz?",
    prompt_different: "Welches ist anders?",
    not_stored: "Dieser Browser speichert nichts für diese Seite. Jede Antwort geht stattdessen sofort an die Studie: \
                 Bleiben Sie online, und lassen Sie diese Seite offen, bis sie sagt, dass alles gespeichert ist. Was \
                 beim Schließen nicht gesendet ist, geht verloren.",
    window_too_small: |[width, height], [now_width, now_height]| {
        format!(
            "Diese Studie braucht ein Fenster von mindestens {width} mal {height} Pixeln; dieses hat {now_width} mal \
             {now_height}. Vergrößern Sie es, drehen Sie das Gerät oder zoomen Sie heraus."
        )
    },
    too_late: "Zu spät",
    right: "Richtig",
    wrong: "Das war es nicht",
    trials_done: "Erledigte Durchgänge",
    pause: "Pause",
    practice_title: "Übung",
    practice_text: "Ein paar Durchgänge zum Eingewöhnen. Sie zählen nicht.",
    practice_again: "Das ist am Anfang nicht leicht. Üben Sie dieselben Durchgänge noch einmal; auch sie zählen nicht.",
    ready_title: "Bereit",
    ready_text: "Ab jetzt zählt es. Schauen Sie auf die Mitte, die Finger auf 1, 2 und 3.",
    break_title: "Pause",
    break_text: |done, total| {
        format!(
            "{done} von {total} Durchgängen sind geschafft. Ruhen Sie Ihre Augen aus, so lange Sie möchten."
        )
    },
    pause_title: "Angehalten",
    pause_comes_again: "Dieser Durchgang kommt am Ende des Blocks noch einmal. Nichts geht verloren.",
    pause_is_over: "Sie haben diese Bilder gesehen, deshalb kommen sie nicht noch einmal. Machen Sie mit den nächsten \
                    weiter, wenn Sie so weit sind.",
    next_pictures: |missing| match missing {
        1 => "Die nächsten Bilder werden geladen: noch 1".to_owned(),
        missing => format!("Die nächsten Bilder werden geladen: noch {missing}"),
    },
    continue_: "Weiter",
    space_key: "Leertaste",
    fill_screen_now: "Ganzer Bildschirm",
    thanks: "Danke",
    compare: "Mit den Modellen vergleichen",
    save_ndjson: "Meine Antworten speichern (NDJSON)",
    save_csv: "Meine Antworten speichern (CSV)",
    take_again: "Den Test noch einmal machen",
    all_kept: |rows| {
        format!(
            "Alle {rows} Antworten sind in diesem Browser. Speichern Sie sie als Datei, um sie weiterzugeben."
        )
    },
    all_saved: |rows| format!("Alle {rows} Antworten sind gespeichert."),
    your_code: "Ihr Abschlusscode: ",
    your_receipt: "Ihr persönlicher Beleg. Bewahren Sie ihn auf, wenn Sie vielleicht später ohne diesen Browser \
                   zurücktreten möchten: ",
    refused_count: |count| match count {
        1 => "1 Antwort wurde abgelehnt".to_owned(),
        count => format!("{count} Antworten wurden abgelehnt"),
    },
    refused_answer: |index, reason| format!("Antwort {index}: {reason}"),
    refused: "Der Server hat nicht alles angenommen. Nichts ist verloren: Speichern Sie die Datei unten und schicken \
              Sie sie denen, die die Studie durchführen.",
    saving: "Ihre Antworten werden gespeichert …",
    waiting: |waiting, rows| {
        format!(
            "Ihre Antworten sind in diesem Browser; {waiting} von {rows} warten darauf, gesendet zu werden. Lassen Sie \
             diese Seite offen, oder kommen Sie später mit diesem Browser wieder."
        )
    },
    try_again: "Jetzt noch einmal versuchen",
    withdrawn_title: "Sie sind zurückgetreten",
    withdrawn_text: "Ihre Antworten wurden gelöscht. Danke für Ihre Zeit.",
    stopped_title: "Diese Studie kann nicht laufen",
    stopped_text: "Was Sie vorher geantwortet haben, ist gespeichert. Laden Sie die Seite neu, um es noch einmal zu \
                   versuchen.",
};

/// With a decimal comma.
fn comma(number: f64) -> String {
    number.to_string().replace('.', ",")
}
