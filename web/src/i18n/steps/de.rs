//! The texts of the steps in German.

use super::StepsTexts;

pub const GERMAN: StepsTexts = StepsTexts {
    progress: |place, steps| format!("Schritt {place} von {steps}"),
    continue_: "Weiter",
    language: "Sprache",
    not_translated: "Diesen Text gibt es nicht in Ihrer Sprache. Sie sehen das Original.",
    agree: "Ich stimme zu und nehme teil",
    decline: "Ich stimme nicht zu",
    left_title: "Sie nehmen nicht teil",
    left_no_consent: "Sie haben nicht zugestimmt, deshalb wurde nichts aufgezeichnet. Danke für Ihre Zeit.",
    left_screened_out: "Diese Studie läuft auf Ihrem Gerät nicht, deshalb wurde nichts aufgezeichnet. Danke für \
                        Ihre Zeit.",
    left_taken_before: "Sie haben an dieser Studie schon teilgenommen. Hier ist Ihr Code noch einmal.",
    your_code: "Ihr Code:",
    back_to_panel: "Zurück zu der Seite, von der Sie kommen",
    screening_title: "Passt Ihr Gerät?",
    screening_checks: "Ihr Gerät wird geprüft",
    screening_fits: "Ihr Gerät passt.",
    screening_lacks: "Es fehlt noch etwas:",
    device_needed: |devices| {
        format!("Diese Studie braucht ein anderes Gerät: {devices}. Öffnen Sie den Link dort.")
    },
    device_names: ["einen Computer", "ein Tablet", "ein Telefon"],
    viewport_needed: |[width, height], [now_width, now_height]| {
        format!(
            "Das Fenster muss mindestens {width} × {height} Pixel groß sein; es hat {now_width} × {now_height}. \
             Vergrößern Sie es, zoomen Sie heraus oder drehen Sie das Gerät."
        )
    },
    refresh_needed: |needed, now| {
        format!(
            "Der Bildschirm muss mindestens {needed:.0} Bilder pro Sekunde zeigen; es sind {now:.0}. Stecken \
             Sie das Netzteil ein, schließen Sie andere Programme und lassen Sie dieses Fenster im Vordergrund."
        )
    },
    browser_needed: |browsers| {
        format!("Diese Studie braucht einen dieser Browser: {browsers}. Öffnen Sie den Link dort.")
    },
    check_again: "Noch einmal prüfen",
    cannot_take_part: "Das kann ich nicht ändern",
    calibration_title: "Die Größe Ihres Bildschirms",
    card_text: "Halten Sie eine Bankkarte oder eine Karte derselben Größe an den Bildschirm. Bewegen Sie den \
                Regler, bis der Rahmen genau so groß ist wie die Karte.",
    card_width: "Breite des Rahmens",
    distance_ask: "Wie weit sind Ihre Augen vom Bildschirm entfernt? Messen oder schätzen Sie: eine Armlänge \
                   sind etwa 60 cm.",
    distance_cm: "Abstand in Zentimetern",
    distance_wrong: "Nötig ist ein Abstand von 20 bis 300 Zentimetern.",
    blind_spot_text: "Jetzt Ihr Abstand vom Bildschirm. Schließen Sie das rechte Auge. Schauen Sie mit dem \
                      linken Auge fest auf das Quadrat. Ein roter Punkt bewegt sich nach links: drücken Sie die \
                      Leertaste oder tippen Sie, sobald er verschwindet.",
    blind_spot_start: "Punkt starten",
    blind_spot_press: "Er ist verschwunden",
    blind_spot_round: |done, rounds| format!("{done} von {rounds}"),
    blind_spot_again: "Der Punkt hat den Rand erreicht. Schließen Sie das rechte Auge, schauen Sie fest auf das \
                       Quadrat und versuchen Sie es noch einmal.",
    instructions_title: "Ihre Aufgabe",
    example: "Ein Beispiel, wie es abläuft",
    quiz_title: "Ist alles klar?",
    quiz_wrong: "Noch ist nicht jede Antwort richtig. Lesen Sie den Hinweis und antworten Sie noch einmal.",
    questionnaire_title: "Einige Fragen",
    required: "nötig",
    answer_missing: "Bitte beantworten Sie diese Frage.",
    number_needed: "Hier wird eine Zahl gebraucht.",
    whole_number_needed: "Hier wird eine ganze Zahl gebraucht.",
    number_range: |least, most| match (least, most) {
        (Some(least), Some(most)) => format!("Möglich sind Zahlen von {least} bis {most}."),
        (Some(least), None) => format!("Möglich sind Zahlen ab {least}."),
        (None, Some(most)) => format!("Möglich sind Zahlen bis {most}."),
        (None, None) => String::new(),
    },
    too_long: |most| format!("Möglich sind höchstens {most} Zeichen."),
    mend_answers: "Einige Antworten fehlen oder passen nicht. Sie sind unten markiert.",
    models_title: "Mit einem Computermodell probieren",
    models_text: "Computermodelle können dieselben Aufgaben in Ihrem Browser lösen. Sie können das jetzt \
                  ausprobieren oder weitermachen.",
    models_open: "Modelle in einem neuen Tab öffnen",
    debrief_title: "Worum es ging",
    debrief_text: "Wir vergleichen, wie Menschen und Computermodelle ganze Bilder erkennen. Danke, dass Sie \
                   mitgemacht haben.",
    score_waits: "Ihr Ergebnis erscheint hier, sobald Ihre Antworten gespeichert sind.",
    score: |correct, answers| {
        format!("Sie haben in {correct} von {answers} Durchgängen das richtige Bild gefunden.")
    },
    score_kept: "Diese Studie verrät die richtigen Antworten nicht, solange sie läuft.",
    records_wait: "Ihre Antworten auf die Fragen werden gespeichert. Lassen Sie diese Seite offen.",
    elsewhere_title: "Diese Studie ist in einem anderen Tab offen",
    elsewhere_text: "Sie läuft immer nur in einem Tab. Machen Sie im anderen Tab weiter, oder hier: Dann hält \
                     der andere an.",
    take_over: "Hier weitermachen",
    taken_over: "Sie haben diese Studie in einem anderen Tab fortgesetzt. Diesen können Sie schließen.",
    withdraw: "Zurücktreten",
    withdraw_question: "Hier aufhören und alle meine Antworten löschen?",
    withdraw_yes: "Ja, löschen",
    withdraw_no: "Nein",
    submit_assignment: "Aufgabe abgeben",
    left_not_resumed: "Sie haben diese Studie während der Durchgänge verlassen. Sie muss an einem Stück gemacht \
                       werden und lässt sich nicht fortsetzen. Bitte sagen Sie denen Bescheid, die sie durchführen.",
    withdraw_title: "Von einer Studie zurücktreten",
    withdraw_lead: "Geben Sie den persönlichen Beleg ein, den Sie am Ende gesehen haben. Ihre Antworten werden \
                    dann gelöscht; Ihren Code behalten Sie.",
    withdraw_receipt: "Persönlicher Beleg",
    withdraw_now: "Meine Antworten löschen",
    withdraw_done: "Ihre Antworten wurden gelöscht. Danke für Ihre Zeit.",
    withdraw_later: "Später können Sie damit zurücktreten: ",
};
