//! The texts of the steps in French.

use super::StepsTexts;

pub const FRENCH: StepsTexts = StepsTexts {
    progress: |place, steps| format!("Étape {place} sur {steps}"),
    continue_: "Continuer",
    language: "Langue",
    not_translated: "Ce texte n'existe pas dans votre langue. Vous voyez l'original.",
    agree: "J'accepte et je participe",
    decline: "Je n'accepte pas",
    left_title: "Vous ne participez pas",
    left_no_consent: "Vous n'avez pas accepté : rien n'a été enregistré. Merci pour votre temps.",
    left_screened_out: "Cette étude ne fonctionne pas sur votre appareil : rien n'a été enregistré. Merci pour \
                        votre temps.",
    left_taken_before: "Vous avez déjà participé à cette étude. Voici à nouveau votre code.",
    your_code: "Votre code :",
    back_to_panel: "Retour au site qui vous a envoyé",
    screening_title: "Votre appareil convient-il ?",
    screening_checks: "Vérification de votre appareil",
    screening_fits: "Votre appareil convient.",
    screening_lacks: "Il manque quelque chose :",
    device_needed: |devices| format!("Cette étude demande un autre appareil : {devices}. Ouvrez-y le lien."),
    device_names: ["un ordinateur", "une tablette", "un téléphone"],
    viewport_needed: |[width, height], [now_width, now_height]| {
        format!(
            "La fenêtre doit mesurer au moins {width} × {height} pixels ; elle en mesure {now_width} × \
             {now_height}. Agrandissez-la, réduisez le zoom ou tournez l'appareil."
        )
    },
    refresh_needed: |needed, now| {
        format!(
            "L'écran doit se rafraîchir au moins {needed:.0} fois par seconde ; il le fait {now:.0} fois. \
             Branchez le chargeur, fermez les autres programmes et gardez cette fenêtre au premier plan."
        )
    },
    browser_needed: |browsers| {
        format!("Cette étude demande l'un de ces navigateurs : {browsers}. Ouvrez-y le lien.")
    },
    check_again: "Vérifier à nouveau",
    cannot_take_part: "Je ne peux pas changer cela",
    calibration_title: "La taille de votre écran",
    card_text: "Tenez une carte bancaire, ou une carte de la même taille, contre l'écran. Déplacez le curseur \
                jusqu'à ce que le cadre ait exactement la taille de la carte.",
    card_width: "Largeur du cadre",
    distance_ask: "À quelle distance de l'écran sont vos yeux ? Mesurez ou estimez : une longueur de bras fait \
                   environ 60 cm.",
    distance_cm: "Distance en centimètres",
    distance_wrong: "Il faut une distance de 20 à 300 centimètres.",
    blind_spot_text: "Maintenant, votre distance de l'écran. Fermez l'œil droit. Regardez le carré de l'œil \
                      gauche sans le quitter. Un point rouge se déplace vers la gauche : appuyez sur la barre \
                      d'espace, ou touchez l'écran, dès qu'il disparaît.",
    blind_spot_start: "Lancer le point",
    blind_spot_press: "Il a disparu",
    blind_spot_round: |done, rounds| format!("{done} sur {rounds}"),
    blind_spot_again: "Le point a atteint le bord. Fermez l'œil droit, gardez le regard sur le carré et réessayez.",
    instructions_title: "Votre tâche",
    example: "Un exemple du déroulement",
    quiz_title: "Est-ce clair ?",
    quiz_wrong: "Toutes les réponses ne sont pas encore justes. Lisez la remarque et répondez à nouveau.",
    questionnaire_title: "Quelques questions",
    required: "obligatoire",
    answer_missing: "Veuillez répondre à cette question.",
    number_needed: "Il faut un nombre.",
    whole_number_needed: "Il faut un nombre entier.",
    number_range: |least, most| match (least, most) {
        (Some(least), Some(most)) => format!("Il faut un nombre de {least} à {most}."),
        (Some(least), None) => format!("Il faut au moins {least}."),
        (None, Some(most)) => format!("Il faut au plus {most}."),
        (None, None) => String::new(),
    },
    too_long: |most| format!("{most} caractères au plus."),
    mend_answers: "Certaines réponses manquent ou ne conviennent pas. Elles sont marquées ci-dessous.",
    models_title: "Essayer avec un modèle",
    models_text: "Des modèles informatiques peuvent faire les mêmes essais dans votre navigateur. Vous pouvez \
                  essayer maintenant, ou continuer.",
    models_open: "Ouvrir les modèles dans un nouvel onglet",
    debrief_title: "De quoi il s'agissait",
    debrief_text: "Nous comparons comment les personnes et les modèles informatiques reconnaissent des images \
                   entières. Merci d'avoir participé.",
    score_waits: "Votre résultat apparaît ici dès que vos réponses sont enregistrées.",
    score: |correct, answers| format!("Vous avez trouvé la bonne image dans {correct} essais sur {answers}."),
    score_kept: "Cette étude ne donne pas les bonnes réponses tant qu'elle est en cours.",
    records_wait: "Vos réponses aux questions sont en cours d'enregistrement. Laissez cette page ouverte.",
    elsewhere_title: "Cette étude est ouverte dans un autre onglet",
    elsewhere_text: "Elle fonctionne dans un seul onglet à la fois. Continuez dans l’autre onglet, ou ici : \
                     l’autre s’arrête alors.",
    take_over: "Continuer ici",
    taken_over: "Vous avez continué cette étude dans un autre onglet. Vous pouvez fermer celui-ci.",
    withdraw: "Se retirer",
    withdraw_question: "Arrêter ici et effacer toutes mes réponses ?",
    withdraw_yes: "Oui, les effacer",
    withdraw_no: "Non",
    submit_assignment: "Remettre la tâche",
    left_not_resumed: "Vous avez quitté cette étude pendant les essais. Elle doit être faite d’une traite et ne \
                       peut pas être reprise. Veuillez prévenir ceux qui la mènent.",
    withdraw_title: "Se retirer d’une étude",
    withdraw_lead: "Saisissez le reçu personnel qui vous a été montré à la fin. Vos réponses sont alors \
                    effacées ; vous gardez votre code.",
    withdraw_receipt: "Reçu personnel",
    withdraw_now: "Effacer mes réponses",
    withdraw_done: "Vos réponses ont été effacées. Merci pour votre temps.",
    withdraw_later: "Plus tard, vous pourrez vous retirer avec lui sur ",
};
